// Follows every relative link of the repository's Markdown: the file is there, and so is the heading.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)));

/** The lines of a document that are not code. */
function prose(text) {
  let fenced = false;
  return text.split('\n').map((line) => {
    if (/^\s*(```|~~~)/.test(line)) {
      fenced = !fenced;
      return '';
    }
    return fenced || /^ {4}/.test(line) ? '' : line;
  });
}

/** The anchor that GitHub gives a heading. */
function slug(heading) {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

function anchors(text) {
  const found = new Set();
  const times = new Map();
  for (const line of prose(text)) {
    for (const [, id] of line.matchAll(/<a (?:id|name)="([^"]+)"/g)) found.add(id);
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line);
    if (!heading) continue;
    const name = slug(heading[1]);
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    found.add(before === 0 ? name : `${name}-${before}`);
  }
  return found;
}

/** What is wrong with a link of this file; nothing where it leads somewhere. */
function fault(file, target) {
  const [path, anchor] = target.split('#');
  const found = path ? normalize(join(dirname(file), decodeURIComponent(path))) : file;
  const where = join(root, found);
  if (relative(root, where).startsWith('..') || !existsSync(where)) return `there is no ${found}`;
  if (!anchor) return null;
  if (statSync(where).isDirectory() || !found.endsWith('.md')) return `${found} has no headings`;
  return anchors(readFileSync(where, 'utf8')).has(anchor) ? null : `${found} has no heading #${anchor}`;
}

let links = 0;
let dead = 0;
for (const file of files) {
  prose(readFileSync(join(root, file), 'utf8')).forEach((line, index) => {
    const shown = line.replace(/`[^`]*`/g, (code) => '`'.repeat(code.length));
    for (const [, target] of shown.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
      links += 1;
      const wrong = fault(file, target);
      if (!wrong) continue;
      dead += 1;
      console.log(`${file}:${index + 1}: ${target}: ${wrong}`);
    }
  });
}
if (links === 0) console.log('There are no links, which cannot be.');
process.exitCode = dead > 0 || links === 0 ? 1 : 0;
