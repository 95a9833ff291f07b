// What the pages have besides their document's protocol: the query, a log of what was said, and videos.

const query = Object.fromEntries(new URLSearchParams(location.search));
const log = [];

/** Notes what was said by `me` or the `server`, and returns it. */
function note(by, message) {
  log.push({ by, at: performance.now(), message });
  return message;
}

async function openCamera() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  document.querySelector('#local').srcObject = stream;
  return stream;
}

const videoOf = (name) => document.querySelector(`#remotes [title="${name}"]`);

/** Shows what comes from the one of this name. */
function showMedia(name, stream) {
  let video = videoOf(name);
  if (!video) {
    video = document.createElement('video');
    Object.assign(video, { title: name, autoplay: true, playsInline: true });
    document.querySelector('#remotes').append(video);
  }
  video.srcObject = stream;
}

function removeMedia(name) {
  videoOf(name)?.remove();
}
