import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where a browser is that tests can drive; undefined if there is none. */
export const chromiumPath: string | undefined = places.find((path) => path !== '' && existsSync(path));

/** For whoever reads why a test was skipped. */
export const noChromium = 'There is no Chromium here: "apt-get install chromium", or set CHROMIUM to one.';

/** A browser without a window. Its sandbox cannot be had by root, and it sees nothing but our own page. */
export const startChromium = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: ['--disable-lcd-text', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
