// Says of each source that is compiled, one a line, which files of this repository it is made of: itself first.
// `node tests/lint/includes.mjs FOLDER` reads FOLDER/compile_commands.json, and needs nothing to have been compiled.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = process.cwd();
const commands = JSON.parse(readFileSync(join(process.argv[2], 'compile_commands.json'), 'utf8'));
const isOurs = (file) => !relative(root, file).startsWith('..') && !relative(root, file).startsWith('build/');

const named = new Map();
/** What a file includes by name, in quotes. */
function includes(file) {
  if (!named.has(file))
    named.set(
      file,
      [...readFileSync(file, 'utf8').matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map(([, name]) => name),
    );
  return named.get(file);
}

/** All files of ours that this one consists of. */
function parts(source, folders) {
  const found = new Set([source]);
  for (const file of found) {
    for (const name of includes(file)) {
      const places = [dirname(file), ...folders].map((folder) => join(folder, name));
      const place = places.find((each) => existsSync(each));
      if (place && isOurs(place)) found.add(place);
    }
  }
  return found;
}

const lines = commands
  .filter(({ file }) => isOurs(file))
  .map(({ file, command }) => {
    const folders = [...command.matchAll(/-(?:I|isystem )(\S+)/g)].map(([, folder]) => folder);
    return [...parts(file, folders)].map((part) => relative(root, part)).join(' ');
  });
console.log([...new Set(lines)].sort().join('\n'));
