/** Who is in the pictures: three people, and what they look like. */
export const people = [
  { name: 'Ada', wall: '#c9d8c5', shirt: '#27496d', skin: '#e0ac8a', hair: '#3b2a20' },
  { name: 'Bola', wall: '#f0d9b5', shirt: '#8c2f39', skin: '#8d5b3e', hair: '#1c1512' },
  { name: 'Chiyo', wall: '#b9cde0', shirt: '#e3b23c', skin: '#efc9a8', hair: '#20202a' },
];

/** Runs in the page: its camera sees a drawn person, since a picture of Chromium's test pattern says little. */
function draw({ wall, shirt, skin, hair }) {
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

/** A script for a page whose camera is to see such a person. */
export const drawnCamera = (person) => ({ content: `(${draw})(${JSON.stringify(person)})` });
