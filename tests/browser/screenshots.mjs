// Makes the pictures of the README, from the built product: node tests/browser/screenshots.mjs
//
// Three people in a call, each in a context of their own, seen from the first one's window.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launch } from './support/browser.mjs';
import { Host } from './support/host.mjs';
import { Tab } from './support/tab.mjs';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const room = 'brave-otter-427';
const people = [
  { name: 'Ada', wall: '#c9d8c5', shirt: '#27496d', skin: '#e0ac8a', hair: '#3b2a20' },
  { name: 'Bola', wall: '#f0d9b5', shirt: '#8c2f39', skin: '#8d5b3e', hair: '#1c1512' },
  { name: 'Chiyo', wall: '#b9cde0', shirt: '#e3b23c', skin: '#efc9a8', hair: '#20202a' },
];

/** Runs in the page: its camera sees a drawn person, since a picture of Chromium's test pattern says little. */
function drawnCamera({ wall, shirt, skin, hair }) {
  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await native(constraints);
    const [camera] = stream.getVideoTracks();
    if (!camera) return stream;
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const context = canvas.getContext('2d');
    const shape = (colour, draw) => {
      context.fillStyle = colour;
      context.beginPath();
      draw();
      context.fill();
    };
    const draw = () => {
      const sway = Math.sin(performance.now() / 900) * 4;
      const light = context.createLinearGradient(0, 0, 640, 360);
      light.addColorStop(0, '#ffffff');
      light.addColorStop(0.5, wall);
      light.addColorStop(1, '#3a4148');
      shape(light, () => context.rect(0, 0, 640, 360));
      shape(shirt, () => context.ellipse(320 + sway / 2, 400, 165, 140, 0, 0, 2 * Math.PI));
      shape(skin, () => context.roundRect(292 + sway, 215, 56, 70, 24));
      shape(hair, () => context.ellipse(320 + sway, 142, 78, 88, 0, 0, 2 * Math.PI));
      shape(skin, () => context.ellipse(320 + sway, 165, 62, 76, 0, 0, 2 * Math.PI));
      shape(hair, () => context.ellipse(320 + sway, 104, 64, 34, 0, 0, 2 * Math.PI));
      for (const side of [-24, 24]) shape(hair, () => context.arc(320 + side + sway, 162, 6, 0, 2 * Math.PI));
      context.strokeStyle = '#00000066';
      context.lineWidth = 4;
      context.lineCap = 'round';
      context.beginPath();
      context.arc(320 + sway, 186, 26, 0.25 * Math.PI, 0.75 * Math.PI);
      context.stroke();
      requestAnimationFrame(draw);
    };
    draw();
    camera.stop();
    stream.removeTrack(camera);
    stream.addTrack(canvas.captureStream(30).getVideoTracks()[0]);
    return stream;
  };
}

const browser = await launch();
const host = await Host.start();
try {
  const tabs = [];
  for (const person of people) {
    const context = await browser.newContext({
      viewport: { width: 1200, height: 720 },
      colorScheme: 'light',
    });
    await context.addInitScript(drawnCamera, person);
    tabs.push(await Tab.open(context, `${host.url}/r/${room}?autojoin&name=${person.name}`, person.name));
  }
  const [ada, bola, chiyo] = tabs;
  for (const tab of tabs) {
    await tab.meets(...people.map(({ name }) => name).filter((name) => name !== tab.label));
  }
  await chiyo.button('Microphone').click();
  await ada.page.getByRole('group', { name: /^Chiyo, microphone off/ }).waitFor();
  await bola.says('Can you both see my notes?');
  await chiyo.says('Yes, all of them.');
  await ada.reads('Yes, all of them.');
  await ada.page.getByRole('status').getByText('joined').waitFor({ state: 'detached' });
  await mkdir(docs, { recursive: true });
  await ada.page.screenshot({ path: `${docs}call.png`, animations: 'disabled' });
} finally {
  await browser.close();
  await host.stop();
}
