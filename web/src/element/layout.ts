/** Where the tiles go: plain geometry, in CSS pixels. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A face stays whole between these proportions, whatever its camera's are. */
const narrowest = 4 / 5;
const widest = 16 / 9;

/** Below this, a strip of small tiles beside a shared screen shows nobody. */
const stripWidth = 180;
const stripHeight = 110;

/** `count` equal tiles that show as much of a camera's picture (16 to 9) as the area allows, rows centred. */
export function grid(count: number, area: Rect, gap: number): Rect[] {
  let best = { size: 0, columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    let width = (area.width - gap * (columns - 1)) / columns;
    let height = (area.height - gap * (rows - 1)) / rows;
    width = Math.max(0, Math.min(width, height * widest));
    height = Math.max(0, Math.min(height, width / narrowest));
    const size = Math.min(width, height * widest) * Math.min(height, width / widest);
    if (size > best.size) best = { size, columns, width, height };
  }

  const { columns, width, height } = best;
  const rows = Math.ceil(count / columns);
  const top = area.y + (area.height - rows * height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = area.x + (area.width - inRow * width - (inRow - 1) * gap) / 2;
    return {
      x: left + (index % columns) * (width + gap),
      y: top + row * (height + gap),
      width,
      height,
    };
  });
}

/** Big tiles (shared screens, pinned people) fill the area but for a strip at its longer side's end. */
export function spotlight(big: number, small: number, area: Rect, gap: number): Rect[] {
  if (small === 0) return fill(big, area, gap);
  const beside = area.width > area.height * 1.2;
  const strip = beside
    ? Math.min(area.width / 3, Math.max(stripWidth, area.width * 0.22))
    : Math.min(area.height / 3, Math.max(stripHeight, area.height * 0.22));
  const main = beside
    ? { ...area, width: area.width - strip - gap }
    : { ...area, height: area.height - strip - gap };
  const rest = beside
    ? { ...area, x: area.x + main.width + gap, width: strip }
    : { ...area, y: area.y + main.height + gap, height: strip };
  return [...fill(big, main, gap), ...grid(small, rest, gap)];
}

/** Screens have any shape, so they take all the room there is, side by side along the longer side. */
function fill(count: number, area: Rect, gap: number): Rect[] {
  const beside = area.width > area.height;
  const width = beside ? (area.width - gap * (count - 1)) / count : area.width;
  const height = beside ? area.height : (area.height - gap * (count - 1)) / count;
  return Array.from({ length: count }, (_, index) => ({
    x: area.x + (beside ? index * (width + gap) : 0),
    y: area.y + (beside ? 0 : index * (height + gap)),
    width,
    height,
  }));
}
