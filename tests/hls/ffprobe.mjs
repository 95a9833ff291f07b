// What ffprobe finds in a playlist that has ended.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function probe(playlist) {
  const { stdout, stderr } = await run(
    'ffprobe',
    ['-v', 'warning', '-of', 'json', '-show_streams', '-show_packets', playlist],
    { maxBuffer: 64 << 20 },
  );
  const { streams, packets } = JSON.parse(stdout);
  return { complaints: stderr, tracks: streams.map((stream) => track(stream, packets)) };
}

function track({ index, codec_name: codec, width, height, channels }, packets) {
  const times = packets
    .filter((packet) => packet.stream_index === index)
    .map(({ pts_time: time }) => Number(time));
  const steps = times.slice(1).map((time, i) => time - times[i]);
  return {
    codec,
    width,
    height,
    channels,
    packets: times.length,
    duration: times.at(-1) - times[0],
    longestStep: Math.max(...steps),
    shortestStep: Math.min(...steps),
  };
}
