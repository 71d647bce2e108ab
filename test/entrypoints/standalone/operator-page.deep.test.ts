import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { chromiumPath, noChromium, startChromium } from '../../support/chromium.ts';
import { timeLimits } from '../../support/time-limits.ts';
import { finishedSteps, quick, startEngines } from './process-fixture.ts';

const token = 'correct-horse-battery-staple';

/** Where "npm run screenshots" wants its pictures. */
const pictures = process.env['SCREENSHOTS'];

/** The page as it is, in light and in dark. */
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const path = join(pictures, `${name}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true });
    // A third of the size, where there is one.
    spawnSync('pngquant', ['--force', '--speed', '1', '--strip', '--output', path, '64', path]);
  }
}

it('Operators see a message at work, crashing, taken over and completed, and re-drive dead letters by clicks', async ({
  skip,
}) => {
  if (chromiumPath === undefined) return skip(noChromium);
  const browser = await startChromium(chromiumPath);
  onTestFinished(() => browser.close());
  const engines = await startEngines({ onTestFinished, peekLockMs: 60_000, queue: 'orders' });

  // Another consumer has given up three invoices, before any host was there.
  const invoices = ['invoice-1', 'invoice-2', 'invoice-3'];
  await engines.send(invoices, [{ name: 'print', ms: 300 }]);
  const client = new ServiceBusClient(engines.emulator.connectionString);
  const receiver = client.createReceiver(engines.queue);
  for (const _ of invoices) {
    const [message] = await receiver.receiveMessages(1);
    if (message === undefined) throw new Error('An invoice is missing.');
    await receiver.deadLetterMessage(message, {
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterErrorDescription: 'The printer did not answer.',
    });
  }
  await client.close();

  // One host begins three messages.
  const settings = { ...quick, MAX_CONCURRENT_CALLS: '4', MAX_ATTEMPTS: '3' };
  const first = engines.startHost(settings);
  const work = [{ name: 'charge' }, { name: 'ship', ms: 12_000 }, { name: 'mail' }];
  await engines.send(['order-1', 'order-2'], work);
  await engines.send(['payment-7'], [{ name: 'transfer', ms: 60_000, atMostOnce: true }]);
  const begun = ['order-1', 'order-2', 'payment-7'];
  const stepsOf = async (id: string) => (await engines.lock(id))?.record.steps ?? [];
  await expect.poll(async () => (await stepsOf('payment-7')).length).toBe(1);
  for (const id of ['order-1', 'order-2']) await expect.poll(async () => (await stepsOf(id)).length).toBe(1);

  // Another one has the page.
  const second = engines.startHost({ ...settings, ADMIN_TOKEN: token });
  const { message: ready }: Record<string, string> = JSON.parse(await second.line(/"Ready on/));
  const page = await browser.newPage({ viewport: { width: 1160, height: 720 } });
  page.setDefaultTimeout(timeLimits.waitMs);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${ready?.replace('Ready on ', '')}/`);
  await page.getByLabel('Who are you?').fill('Ann');
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  errors.length = 0; // that the first answer was 403 is what it says

  const row = (id: string) => page.locator('#now tr', { hasText: id });
  await row('order-1').getByText('● at work').waitFor();
  await row('order-1').getByText('last charge').waitFor();
  await row('order-1').getByText(`/${first.pid}`).waitFor();

  // It dies. The next owner waits until its locks have expired.
  first.signalGroup('SIGKILL');
  await first.exited;
  for (const id of begun) engines.expireLock(id);
  await page.goto(`${new URL(page.url()).origin}/message?id=order-1`);
  // The silence shows, or already the next owner.
  await page.getByRole('cell', { name: /^✕ wrote no more/ }).waitFor();
  await page.getByRole('link', { name: 'Immutable Service Bus' }).click();

  // Meanwhile the invoices are put back.
  await page.getByRole('link', { name: 'Re-drive 3 never-started…' }).click();
  await page.getByText('Put 3 dead letters (never-started) back on the queue.').waitFor();
  await page.getByLabel('Why?').fill('the printer is back');
  await page.getByRole('button', { name: 'Re-drive 3' }).click();
  const act = page.locator('#acts li', { hasText: 'the printer is back' });
  await act.getByText('✓ done').waitFor();
  await act.getByText('Ann (unverified)').waitFor();

  await row('order-1').getByText('taken over: its owner wrote no more').waitFor();
  await row('order-1').getByText(`/${second.pid}`).waitFor();
  await act.getByText('3 messages: 3 completed').waitFor();
  const needs = page.locator('#needs');
  await needs.getByText('was interrupted in a step that runs at most once').waitFor();
  await needs.getByText('1 × failed').waitFor();
  await needs.getByText('never-started').first().waitFor({ state: 'detached' });
  await picture(page, 'page');
  await engines.send(['order-2'], work); // once more

  await page.locator('#now li', { hasText: 'order-1' }).getByText('completed in attempt 2').waitFor();
  await page.locator('#now li', { hasText: 'order-2' }).getByText('duplicate, skipped').waitFor();
  await page.locator('#now li', { hasText: 'order-1' }).getByRole('link').click();
  await page.getByText('✓ completed').first().waitFor();
  await page.getByRole('cell', { name: '✕ wrote no more: crashed, frozen or cut off' }).waitFor();
  await picture(page, 'page-message');

  expect(errors).toEqual([]);
  // What was seen is what was done: each step once, and again only what was under way when the process died.
  expect((await engines.evidence('order-1')).map(({ step, attempt }) => [step, attempt])).toEqual([
    ['charge', 1],
    ['ship', 1],
    ['ship', 2],
    ['mail', 2],
  ]);
  const lock = await engines.lock('order-1');
  expect(lock && [lock.record.state, finishedSteps(lock.record)]).toEqual(['completed', 3]);
  for (const id of invoices) expect(await engines.evidence(id)).toHaveLength(1);
  expect(await engines.evidence('order-2')).toHaveLength(4);
});
