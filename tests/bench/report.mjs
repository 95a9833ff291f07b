// Medians, tables, goals and verdicts.

/** The median of one figure over several rounds; `pick` takes it out of a round. */
export function median(rounds, pick) {
  const sorted = rounds.map(pick).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Prints a Markdown table: the first column left-aligned, numbers to the right. */
export function printTable(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join(' | ')} |`;
  console.log(line(head));
  console.log(
    line(widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))),
  );
  for (const row of rows) console.log(line(row));
}

/** Prints each goal with what was reached, and returns whether all were. */
export function judge(goals) {
  console.log();
  printTable(
    ['goal', 'wanted', 'reached', 'verdict'],
    goals.map(({ what, atLeast, atMost, reached, unit = '' }) => [
      what,
      atLeast === undefined ? `≤ ${atMost}${unit}` : `≥ ${atLeast}${unit}`,
      `${reached.toFixed(2)}${unit}`,
      isMet({ atLeast, atMost, reached }) ? 'met' : 'MISSED',
    ]),
  );
  return goals.every(isMet);
}

const isMet = ({ atLeast = -Infinity, atMost = Infinity, reached }) =>
  reached >= atLeast && reached <= atMost;

export const whole = (number) => Math.round(number).toLocaleString('en');
export const micros = (number) => `${number.toFixed(1)} µs`;
export const kibibytes = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
