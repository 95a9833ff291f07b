const tooLate = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_WRITE_AFTER_END', 'ERR_STREAM_DESTROYED']);

/** What is still said to a child that was killed or told to end is lost on it, and no error. */
export function loseWhatComesTooLate(stdin) {
  stdin.on('error', (error) => {
    if (!tooLate.has(error.code)) throw error;
  });
}
