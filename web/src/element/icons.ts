import { html, type TemplateResult } from 'lit';

/** A line icon on a 24 × 24 grid. It is decoration: whatever holds one carries the words. */
const icon = (path: string): TemplateResult => html`
  <svg
    width="22"
    height="22"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d=${path} />
  </svg>
`;

const microphonePath =
  'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3';
const cameraPath =
  'M5 6.5h8a2.5 2.5 0 0 1 2.5 2.5v6a2.5 2.5 0 0 1-2.5 2.5H5A2.5 2.5 0 0 1 2.5 15V9A2.5 2.5 0 0 1 5 6.5M15.5 11l6-3.5v9l-6-3.5';
const slashPath = 'M4 4l16 16';

// Each by itself, and marked as pure, so that a page loads those alone that it shows.
export const microphone = /* @__PURE__ */ icon(microphonePath);
export const microphoneOff = /* @__PURE__ */ icon(microphonePath + slashPath);
export const camera = /* @__PURE__ */ icon(cameraPath);
export const cameraOff = /* @__PURE__ */ icon(cameraPath + slashPath);
export const screen = /* @__PURE__ */ icon(
  'M5 4h14a2.5 2.5 0 0 1 2.5 2.5v8A2.5 2.5 0 0 1 19 17H5a2.5 2.5 0 0 1-2.5-2.5v-8A2.5 2.5 0 0 1 5 4M8.5 21h7M12 14V8m-2.8 2.5L12 7.7l2.8 2.8',
);
export const chat = /* @__PURE__ */ icon(
  'M20.5 12a7.5 7.5 0 0 1-7.5 7.5H4l1.7-3A7.5 7.5 0 1 1 20.5 12zM9.5 10.5h7M9.5 14h4.5',
);
export const link = /* @__PURE__ */ icon(
  'M10 14a4 4 0 0 0 5.7 0l3.3-3.3a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0L5 13.3A4 4 0 0 0 10.7 19l1.3-1.3',
);
export const details = /* @__PURE__ */ icon('M4 19.5V13M9.3 19.5V5M14.7 19.5v-9M20 19.5v-4.5');
export const settings = /* @__PURE__ */ icon(
  'M4 7h9M19 7h1M4 17h1M11 17h9M18.7 7a2.7 2.7 0 1 1-5.4 0a2.7 2.7 0 1 1 5.4 0M10.7 17a2.7 2.7 0 1 1-5.4 0a2.7 2.7 0 1 1 5.4 0',
);
export const leave = /* @__PURE__ */ icon(
  'M3 14.5c-.8-1.6 3-6 9-6s9.8 4.4 9 6l-1 1.7-4.2-1.2v-3.2a13 13 0 0 0-7.6 0V15L4 16.2z',
);
export const call = /* @__PURE__ */ icon(
  'M5.2 3.5h3l1.6 4.4-2.1 1.6a11.5 11.5 0 0 0 6.8 6.8l1.6-2.1 4.4 1.6v3a2 2 0 0 1-2.2 2A16.4 16.4 0 0 1 3.2 5.7a2 2 0 0 1 2-2.2z',
);
export const search = /* @__PURE__ */ icon(
  'M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13M15.3 15.3L20.5 20.5',
);
export const close = /* @__PURE__ */ icon('M6 6l12 12M18 6L6 18');
export const send = /* @__PURE__ */ icon('M4 12l16-7.5-5 16-3.5-6.5z');
export const warning = /* @__PURE__ */ icon('M12 4l9 16H3zM12 10.5v4M12 17.3v.1');
export const sound = /* @__PURE__ */ icon(
  'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
);
export const people = /* @__PURE__ */ icon(
  'M9 4.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7M2.5 19.5c0-3.3 2.9-5 6.5-5s6.5 1.7 6.5 5M16 4.9a3.5 3.5 0 0 1 0 6.2M18 14.9c2.1.7 3.5 2.2 3.5 4.6',
);
export const more = /* @__PURE__ */ icon('M5.5 12h.01M12 12h.01M18.5 12h.01');
export const check = /* @__PURE__ */ icon('M5 12.5l4.5 4.5L19 7.5');
export const cross = /* @__PURE__ */ icon('M7 7l10 10M17 7L7 17');
export const question = /* @__PURE__ */ icon('M9 9a3 3 0 1 1 4.2 2.75c-.8.4-1.2 1-1.2 1.9v.6M12 17.8v.1');
export const verified = /* @__PURE__ */ icon(
  'M12 3l7.5 2.7v5.5c0 4.5-3 7.8-7.5 9.8c-4.5-2-7.5-5.3-7.5-9.8V5.7zM8.6 11.9l2.5 2.5l4.4-4.7',
);
export const minus = /* @__PURE__ */ icon('M6 12h12');
export const incoming = /* @__PURE__ */ icon('M17.5 6.5L7 17M7 8.5V17h8.5');
export const outgoing = /* @__PURE__ */ icon('M6.5 17.5L17 7M8.5 7H17v8.5');
export const unfold = /* @__PURE__ */ icon('M7 10l5 5 5-5');
export const pin = /* @__PURE__ */ icon('M9 4h6l-1 6 3.5 3.5V15h-11v-1.5L10 10zM12 15v5.5');

/** The mark: two voices that overlap, and where they do, they understand each other. */
export const logo = /* @__PURE__ */ html`
  <svg width="34" height="28" viewBox="0 0 34 28" aria-hidden="true">
    <path d="M12 2a10.5 10.5 0 0 1 0 21H2.5l2.4-4.2A10.5 10.5 0 0 1 12 2z" fill="var(--parley-accent)" />
    <path d="M22 5a10.5 10.5 0 0 0 0 21h9.5l-2.4-4.2A10.5 10.5 0 0 0 22 5z" fill="var(--parley-speaking)" />
    <path d="M19.8 5.24A10.5 10.5 0 0 1 14.3 22.74A10.5 10.5 0 0 1 19.8 5.24z" fill="var(--parley-ink)" />
  </svg>
`;
