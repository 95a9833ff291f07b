import { chromium } from 'playwright-core';

const devices = {
  /** A camera, a microphone and a screen that move and beep; every page may use them. */
  fake: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  /** The same camera and microphone; each tab's permissions say who may use them. */
  guarded: ['--use-fake-device-for-media-stream'],
  /** The fake ones, in a browser that takes every certificate, also a TURN server's. */
  trusting: [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--ignore-certificate-errors',
  ],
  /** Nothing is plugged in. */
  none: ['--use-fake-ui-for-media-stream'],
};

/**
 * The pages that Chromium prepares for the address bar of each window take a quarter of these tests' processor time.
 * Of several such switches the last counts, so what Playwright disables is repeated.
 */
const disabledFeatures = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
];

/** A name that leads to this machine without being its own, so that browsers take it for an insecure origin. */
export const insecureName = 'parley.test';

/** Debian's Chromium, without a window. Tabs in contexts of their own are strangers to each other. */
export function launch(kind = 'fake') {
  return chromium.launch({
    executablePath: process.env.PARLEY_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-features=${disabledFeatures.join(',')}`,
      `--host-resolver-rules=MAP ${insecureName} 127.0.0.1`,
      ...devices[kind],
    ],
  });
}
