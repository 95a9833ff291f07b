// The built page, as browsers and caches ask for it.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { startHost, temporaryFolder } from './host.mjs';
import { RawSocket } from './raw_socket.mjs';

const script = `export const answer = ${'4'.repeat(500)}2\n`;

function webFolder(t) {
  const outside = temporaryFolder(t);
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  const web = temporaryFolder(t);
  const put = (name, content) => writeFileSync(join(web, name), content);
  mkdirSync(join(web, 'assets'));
  put('index.html', '<!doctype html><title>start</title>');
  put('room.html', '<!doctype html><title>room</title>');
  put('publish.html', '<!doctype html><title>publish</title>');
  put('people.html', '<!doctype html><title>people</title>');
  put('watch.html', '<!doctype html><title>watch</title>');
  put('not-found.html', '<!doctype html><title>nothing here</title>');
  put('.hidden', 'hidden');
  put('assets/app.5f3c2a1b.js', script);
  put('assets/app.5f3c2a1b.js.br', brotliCompressSync(script));
  put('assets/app.5f3c2a1b.js.gz', gzipSync(script));
  put('assets/core-ABCDEFGH.wasm', Buffer.from([0, 0x61, 0x73, 0x6d]));
  put('assets/plain.css', 'body{}');
  symlinkSync(join(outside, 'secret.txt'), join(web, 'link.txt'));
  symlinkSync(outside, join(web, 'linked'));
  return web;
}

const serve = async (t, options) => startHost(t, { web: webFolder(t), ...options });

/** As is: fetch() would tidy the path, and decode the body. */
function get(host, path, { method = 'GET', headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ port: host.port, host: '127.0.0.1', path, method, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('the start page is at /, and every room has the room page', async (t) => {
  const host = await serve(t);
  assert.match(String((await get(host, '/')).body), /start/);
  for (const path of ['/r/blue-otter', '/r/blue%20otter?autojoin', '/r/%F0%9F%A6%A6'])
    assert.match(String((await get(host, path)).body), /room/, path);
  for (const path of ['/r/', '/r', '/r//', '/r/a/b']) assert.equal((await get(host, path)).status, 404, path);
});

test('the page to publish from is at /publish, with or without a number', async (t) => {
  const host = await serve(t);
  for (const path of ['/publish', '/publish?x', '/publish/923244219594', '/publish/%20'])
    assert.match(String((await get(host, path)).body), /publish/, path);
  for (const path of ['/publish/1/2', '/publisher']) assert.equal((await get(host, path)).status, 404, path);
});

test('calls by name have a page of their own', async (t) => {
  const host = await serve(t);
  assert.match(String((await get(host, '/people')).body), /people/);
  assert.equal((await get(host, '/people/ada')).status, 404);
});

test('an address with a slash too many, or with a bare percent sign, leads to the page', async (t) => {
  const host = await serve(t);
  for (const [path, page] of [
    ['/r/otter/', '/r/otter'],
    ['/r/otter//?name=Ada', '/r/otter?name=Ada'],
    ['/people/', '/people'],
    ['/publish/', '/publish'],
    ['/publish/923244219594/', '/publish/923244219594'],
    ['/watch/923244219594/?x', '/watch/923244219594?x'],
    ['/webrtc/client/', '/webrtc/client'],
    ['/r/100%', '/r/100%25'],
    ['/r/100%zz%4/?autojoin', '/r/100%25zz%254?autojoin'],
  ]) {
    const { status, headers } = await get(host, path);
    assert.equal(status, 308, path);
    assert.equal(headers.location, page);
    assert.equal((await get(host, page)).status, 200, page);
  }
  for (const path of ['//evil.example/', '/nowhere/', '/r/%ff/'])
    assert.equal((await get(host, path)).headers.location, undefined, path);
});

test('a link on another site leads to the lobby: it turns no camera on', async (t) => {
  const host = await serve(t);
  const from = (site, path) => get(host, path, { headers: site ? { 'Sec-Fetch-Site': site } : {} });
  for (const [path, lobby] of [
    ['/r/otter?autojoin', '/r/otter'],
    ['/r/otter?name=Ada&autojoin=1&no-camera', '/r/otter?name=Ada&no-camera'],
    ['/r/otter?%61utojoin&autojoin&name=Ada', '/r/otter?name=Ada'],
  ]) {
    const { status, headers } = await from('cross-site', path);
    assert.equal(status, 303, path);
    assert.equal(headers.location, lobby);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers.vary, 'Sec-Fetch-Site');
    for (const site of ['none', 'same-origin', 'same-site', undefined]) {
      const page = await from(site, path);
      assert.equal(page.status, 200, `${site} ${path}`);
      assert.match(page.headers.vary, /Sec-Fetch-Site/, 'who keeps it keeps it for those');
      assert.equal(page.headers['server-timing'], site && 'fetch-site', 'the page knows who judged');
    }
  }
  assert.equal((await from('cross-site', '/r/otter?name=autojoin')).status, 200);
  assert.equal((await from('cross-site', '/people?autojoin')).status, 200);
});

test('files have the right types', async (t) => {
  const host = await serve(t);
  const typeOf = async (path) => (await get(host, path)).headers['content-type'];
  assert.equal(await typeOf('/'), 'text/html; charset=utf-8');
  assert.equal(await typeOf('/assets/app.5f3c2a1b.js'), 'text/javascript; charset=utf-8');
  assert.equal(await typeOf('/assets/core-ABCDEFGH.wasm'), 'application/wasm');
  assert.equal(await typeOf('/assets/plain.css'), 'text/css; charset=utf-8');
});

test('names with a hash are cached for good, pages are asked for again', async (t) => {
  const host = await serve(t);
  const caching = async (path) => (await get(host, path)).headers['cache-control'];
  assert.equal(await caching('/assets/app.5f3c2a1b.js'), 'public, max-age=31536000, immutable');
  assert.equal(await caching('/assets/core-ABCDEFGH.wasm'), 'public, max-age=31536000, immutable');
  assert.equal(await caching('/'), 'no-cache');
  assert.equal(await caching('/assets/plain.css'), 'no-cache');
});

test('the smallest representation that a client takes is sent', async (t) => {
  const host = await serve(t);
  const path = '/assets/app.5f3c2a1b.js';
  const ask = async (accept) =>
    get(host, path, { headers: accept === undefined ? {} : { 'Accept-Encoding': accept } });
  const codings = {
    'gzip, deflate, br, zstd': 'br',
    'gzip, deflate': 'gzip',
    'br;q=0.5, gzip;q=0.8': 'gzip',
    'br;q=0, gzip;q=0': undefined,
    'gzip;q=0.1, identity': undefined,
    '*': 'br',
    'identity;q=0, *': 'br',
    BR: 'br',
    '': undefined,
  };
  for (const [accept, coding] of Object.entries(codings)) {
    const answer = await ask(accept);
    assert.equal(answer.headers['content-encoding'], coding, `Accept-Encoding: ${accept}`);
    assert.equal(answer.headers.vary, 'Accept-Encoding');
    const decode = { br: brotliDecompressSync, gzip: gunzipSync }[coding] ?? ((bytes) => bytes);
    assert.equal(String(decode(answer.body)), script);
    assert.equal(Number(answer.headers['content-length']), answer.body.length);
  }
  assert.equal(
    (await get(host, `${path}.br`)).status,
    404,
    'the compressed siblings have no address of their own',
  );
});

test('each representation has a strong ETag, and who has it is answered 304', async (t) => {
  const host = await serve(t);
  const path = '/assets/app.5f3c2a1b.js';
  const plain = await get(host, path);
  const brotli = await get(host, path, { headers: { 'Accept-Encoding': 'br' } });
  assert.match(plain.headers.etag, /^"[^"]+"$/);
  assert.notEqual(plain.headers.etag, brotli.headers.etag);

  const again = await get(host, path, { headers: { 'If-None-Match': plain.headers.etag } });
  assert.equal(again.status, 304);
  assert.equal(again.body.length, 0);
  assert.equal(again.headers.etag, plain.headers.etag);
  const listed = `"other", W/${plain.headers.etag}`;
  assert.equal((await get(host, path, { headers: { 'If-None-Match': listed } })).status, 304);
  const other = { 'If-None-Match': plain.headers.etag, 'Accept-Encoding': 'br' };
  assert.equal((await get(host, path, { headers: other })).status, 200, 'another representation');
});

test('a file that was built anew is seen', async (t) => {
  const web = webFolder(t);
  const host = await startHost(t, { web });
  const before = await get(host, '/');
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>built anew</title>');
  const after = await get(host, '/');
  assert.match(String(after.body), /built anew/);
  assert.notEqual(after.headers.etag, before.headers.etag);
});

test('HEAD is GET without the body', async (t) => {
  const host = await serve(t);
  const full = await get(host, '/');
  const head = await get(host, '/', { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
  for (const name of ['content-length', 'content-type', 'etag', 'cache-control'])
    assert.equal(head.headers[name], full.headers[name], name);
});

test('no path leads out of the web folder, and none lists it', async (t) => {
  const host = await serve(t);
  const paths = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/%2e%2e%2f%2e%2e%2fetc/passwd',
    '//etc/passwd',
    '/%2fetc/passwd',
    '/link.txt',
    '/linked/secret.txt',
    '/.hidden',
    '/assets',
    '/assets/',
    '/linked/',
    '/nothing.js',
  ];
  for (const path of paths) {
    const { status, body } = await get(host, path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.doesNotMatch(String(body), /secret$|root:/, path);
  }
  for (const path of ['/index.html%00.png', '/%zz', '/%', '/%2', '/a%0ab'])
    assert.equal((await get(host, path)).status, 400, path);
});

test('what is not there is said in a sentence', async (t) => {
  const host = await serve(t);
  const { status, headers, body } = await get(host, '/nowhere');
  assert.equal(status, 404);
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
  assert.match(String(body), /^There is nothing at this address\./);
});

test('a browser is shown a page where there is nothing, and a program a sentence', async (t) => {
  const host = await serve(t);
  const asked = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  for (const [path, expected] of [
    ['/nowhere', 404],
    ['/r/', 404],
    ['/r/%ff', 400],
  ]) {
    const { status, headers, body } = await get(host, path, { headers: asked });
    assert.equal(status, expected, path);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers.etag, undefined);
    assert.match(headers.vary, /Accept(,|$)/);
    assert.match(headers['content-security-policy'], /default-src 'none'/);
    assert.match(String(body), /nothing here/);
  }
  for (const Accept of ['*/*', 'application/json', 'text/plain'])
    assert.match(String((await get(host, '/nowhere', { headers: { Accept } })).body), /^There is nothing/);
  for (const path of ['/webrtc/rooms/room2/peers', '/whip/1', '/12345/1.m3u8'])
    assert.doesNotMatch((await get(host, path, { headers: asked })).headers['content-type'], /html/, path);
});

test('who is refused with a body on its way holds no thread', async (t) => {
  const host = await serve(t, { args: ['--max-connections', '1', '--http-workers', '3'] });
  const head = (method, path) =>
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\nand`;
  const requests = ['/', '/r/otter', '/healthz', '/nowhere'].flatMap((path) => [
    head('POST', path),
    head('PUT', path),
    head('GET', path),
  ]);
  const raws = await Promise.all(
    requests.map(async (request) => {
      const raw = new RawSocket(host.port);
      await raw.write(request);
      assert.match(await raw.head(), /^HTTP\/1\.1 \d{3} [^]*\r\nConnection: close\r\n/);
      return raw;
    }),
  );
  // Three times as many as there are threads, and none of them has ended its request.
  await Promise.all(raws.map((raw) => raw.end()));
  assert.equal((await host.health()).status, 'ok');
  raws.forEach((raw) => raw.destroy());
});

test('other methods are refused with what is allowed', async (t) => {
  const host = await serve(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const { status, headers } = await get(host, '/', { method });
    assert.equal(status, 405, method);
    assert.equal(headers.allow, 'GET, HEAD');
  }
});

test('a page may run no eval and nothing inline, and asks for the camera in its own name', async (t) => {
  const host = await serve(t);
  const { headers } = await get(host, '/r/blue-otter');
  const policy = headers['content-security-policy'];
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'/);
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /'unsafe-eval'|'unsafe-inline'/);
  assert.match(headers['permissions-policy'], /camera=\(self\)/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['referrer-policy'], 'no-referrer');
});

test('the page to publish from, and no other, may ask web servers elsewhere', async (t) => {
  const host = await serve(t);
  const policyOf = async (path) =>
    new Map(
      (await get(host, path)).headers['content-security-policy'].split('; ').map((directive) => {
        const [name, ...sources] = directive.split(' ');
        return [name, sources.join(' ')];
      }),
    );
  const publish = await policyOf('/publish/923244219594');
  const room = await policyOf('/r/blue-otter');
  assert.deepEqual(
    [publish.get('connect-src'), room.get('connect-src')],
    ["'self' ws: wss: http: https:", "'self' ws: wss:"],
  );
  assert.deepEqual(
    [publish.get('media-src'), room.get('media-src')],
    ["'self' blob: http: https:", "'self' blob:"],
  );
  for (const directive of ['connect-src', 'media-src']) {
    publish.delete(directive);
    room.delete(directive);
  }
  assert.deepEqual(publish, room, 'all else is the same');
});

test('other sites may load the module, and not the page', async (t) => {
  const host = await serve(t);
  const module = await get(host, '/assets/core-ABCDEFGH.wasm');
  assert.equal(module.headers['access-control-allow-origin'], '*');
  assert.equal(module.headers['cross-origin-resource-policy'], 'cross-origin');
  assert.equal((await get(host, '/')).headers['access-control-allow-origin'], undefined);
});

test('/healthz says how the host is', async (t) => {
  const host = await serve(t);
  const { status, headers, body } = await get(host, '/healthz');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['cache-control'], 'no-store');
  const { version, uptime, ...rest } = JSON.parse(body);
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.ok(Number.isInteger(uptime));
  assert.deepEqual(rest, {
    status: 'ok',
    rooms: 0,
    members: 0,
    connections: 0,
    hls: 'off',
    hlsWorkers: 0,
    streams: 0,
    refused: {},
  });
});

test('one connection serves many requests, also when they come at once', async (t) => {
  const host = await serve(t);
  const raw = new RawSocket(host.port);
  const one = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
  await raw.write(one + one);
  assert.match(await raw.head(), /^HTTP\/1\.1 200 OK\r\n/);
  raw.destroy();
});
