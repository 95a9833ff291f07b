// Builds the pages: node web/build.mjs --wasm DIR --out DIR
//
// DIR of --wasm is where Emscripten left parley.js and parley.wasm. What comes out is served as it is: pages, assets
// whose names hold their content's hash (cache them for ever), and parley.js + parley.wasm + parley.d.ts for who embeds.
// Each compressible file has a Brotli and a gzip sibling.
import { parse } from 'acorn';
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const source = join(dirname(fileURLToPath(import.meta.url)), 'src');
const targets = ['es2022', 'chrome123', 'firefox128', 'safari17.5'];

/** A style sheet that a component imports: minified, ready for `static styles`. */
const componentStyles = {
  name: 'component styles',
  setup(builder) {
    builder.onLoad({ filter: /[\\/](element|live|publish|watch)[\\/].*\.css$/ }, async ({ path }) => {
      const bundled = await build({
        entryPoints: [path],
        bundle: true,
        minify: true,
        write: false,
        target: targets,
      });
      const text = bundled.outputFiles[0].text.trim().replace(/[\\`$]/g, '\\$&');
      return {
        contents: `import { css } from '@lit/reactive-element/css-tag.js';\nexport default css\`${text}\`;`,
        loader: 'js',
      };
    });
  },
};

/** Templates are indented for readers. Only in those that have a tag, html`` or css``, is a line's beginning none of text. */
function flatten(script) {
  const parts = [];
  const visit = (node) => {
    if (node?.type === 'TaggedTemplateExpression') parts.push(...node.quasi.quasis);
    if (typeof node === 'object' && node !== null) Object.values(node).forEach(visit);
  };
  visit(parse(script, { ecmaVersion: 'latest', sourceType: 'module' }).body);
  let end = 0;
  const flat = parts
    .sort((one, other) => one.start - other.start)
    .map((part) => {
      const before = script.slice(end, part.start);
      end = part.end;
      return before + script.slice(part.start, end).replace(/\n\s+/g, ' ');
    });
  return flat.join('') + script.slice(end);
}

/** Builds and writes. */
async function bundle(options) {
  const { outputFiles, metafile } = await build(options);
  for (const { path, text, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, path.endsWith('.js') ? flatten(text) : contents);
  }
  return metafile;
}

/** `parley-core` is Emscripten's module, `parley-core/parley.wasm` the URL of its binary. */
const wasmCore = (folder) => ({
  name: 'wasm core',
  setup(builder) {
    builder.onResolve({ filter: /^parley-core(\/.*)?$/ }, ({ path }) => ({
      path: join(folder, path.includes('/') ? 'parley.wasm' : 'parley.js'),
    }));
  },
});

const options = (out) => ({
  bundle: true,
  format: 'esm',
  minify: true,
  write: false,
  target: targets,
  outdir: out,
  legalComments: 'none',
  loader: { '.wasm': 'file', '.svg': 'copy' },
  tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
  metafile: true,
  logLevel: 'warning',
});

/** The pages' scripts, style sheets and pictures; returns each one's URL by its source's name. */
async function buildAssets(wasm, out) {
  const app = (name) => join(source, 'app', name);
  const pages = {
    ...options(out),
    entryNames: 'assets/[name].[hash]',
    assetNames: 'assets/[name].[hash]',
  };
  const withCore = { ...pages, publicPath: '/', plugins: [wasmCore(wasm), componentStyles] };
  /** Loaded when it is needed, from the address that this returns, as JSON. */
  const later = async (source, define = {}) => {
    const { outputs } = await bundle({
      ...pages,
      define,
      plugins: [componentStyles],
      entryPoints: [app(source)],
    });
    const [path] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint);
    return JSON.stringify(`/assets/${basename(path)}`);
  };
  const hlsModule = await later('watch/hls.ts');
  const liveModule = await later('live/live.ts');
  const playerModule = await later('watch/player.ts', { hlsModule });
  const define = { hlsModule, liveBarModule: await later('live/bar.ts', { liveModule, playerModule }) };
  const call = await bundle({ ...withCore, define, entryPoints: [app('room.ts'), app('people.ts')] });
  const start = await bundle({ ...withCore, entryPoints: [app('start.ts')], format: 'iife' });
  const documents = await bundle({
    ...pages,
    define,
    plugins: [componentStyles],
    entryPoints: [app('publish.ts'), app('watch.ts')],
  });
  const rest = await bundle({
    ...pages,
    entryPoints: [
      'home.ts',
      'home.css',
      'room.css',
      'people.css',
      'publish.css',
      'watch.css',
      'not-found.css',
      'logo.svg',
    ].map(app),
  });

  const urls = new Map();
  for (const { outputs } of [call, start, documents, rest]) {
    for (const [path, { entryPoint, inputs }] of Object.entries(outputs)) {
      const of = entryPoint ?? Object.keys(inputs)[0];
      urls.set(basename(of), `/assets/${basename(path)}`);
    }
  }
  return urls;
}

/** `data-href="logo.svg"` holds the picture itself: for a page that asks for it late, when its host may be gone. */
async function embedPictures(page) {
  const name = /(?<=data-href=")[\w.-]+\.svg(?=")/.exec(page)?.[0];
  if (!name) return page;
  const picture = await readFile(join(source, 'app', name), 'utf8');
  return page.replace(`data-href="${name}"`, `data-href="data:image/svg+xml,${encodeURIComponent(picture)}"`);
}

/** `<!-- masthead.html -->` stands for what that file holds. */
async function include(page) {
  const [comment, name] = /<!-- ([\w-]+\.html) -->/.exec(page) ?? [];
  return comment ? page.replace(comment, await readFile(join(source, 'app', name), 'utf8')) : page;
}

/** A page, with its sources' names replaced by the URLs they were built to. */
async function buildPage(name, urls, out) {
  const page = await include(await readFile(join(source, 'app', name), 'utf8'));
  const built = (await embedPictures(page)).replace(/(href|src)="([\w.-]+)"/g, (_, attribute, file) => {
    if (!urls.has(file)) throw new Error(`${name} names ${file}, which was not built.`);
    return `${attribute}="${urls.get(file)}"`;
  });
  await writeFile(join(out, name), built.replace(/\n\s+/g, '\n'));
}

/** The module for other people's pages: a stable name, its wasm beside it. */
async function buildModule(wasm, out) {
  await bundle({
    ...options(out),
    entryPoints: [join(source, 'parley.ts')],
    assetNames: '[name]',
    plugins: [wasmCore(wasm), componentStyles],
  });
  await writeFile(join(out, 'parley.d.ts'), await readFile(join(source, '../types/parley.d.ts')));
}

/** Brotli at its best and gzip, beside each file that gets smaller. */
async function compress(out) {
  const files = (await readdir(out, { recursive: true })).filter((file) =>
    /\.(html|js|css|wasm|svg|ts)$/.test(file),
  );
  const sizes = await Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(join(out, file));
      const brotli = await promisify(brotliCompress)(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      });
      await writeFile(join(out, `${file}.br`), brotli);
      await writeFile(join(out, `${file}.gz`), await promisify(gzip)(bytes, { level: 9 }));
      return [file, brotli.length];
    }),
  );
  return new Map(sizes);
}

const { values } = parseArgs({
  options: {
    wasm: { type: 'string', default: 'build/wasm/wasm' },
    out: { type: 'string', default: 'build/dist/web' },
  },
});
const wasm = resolve(values.wasm);
const out = resolve(values.out);
// Built beside and moved in whole: a host that serves the folder never sees half a page.
const fresh = `${out}.new`;
await rm(fresh, { recursive: true, force: true });
await mkdir(join(fresh, 'assets'), { recursive: true });
const urls = await buildAssets(wasm, fresh);
await buildPage('index.html', urls, fresh);
await buildPage('room.html', urls, fresh);
await buildPage('publish.html', urls, fresh);
await buildPage('people.html', urls, fresh);
await buildPage('watch.html', urls, fresh);
await buildPage('not-found.html', urls, fresh);
await buildModule(wasm, fresh);
const sizes = await compress(fresh);
await rm(out, { recursive: true, force: true });
await rename(fresh, out);

const callPage = ['start.ts', 'room.ts', 'room.css', 'parley.wasm'].map((name) => urls.get(name).slice(1));
const total = ['room.html', ...callPage].reduce((sum, file) => sum + sizes.get(file), 0);
console.log(`web: the call page is ${(total / 1024).toFixed(1)} KB in Brotli`);
for (const file of ['room.html', ...callPage])
  console.log(`  ${String(sizes.get(file)).padStart(6)}  ${file}`);
