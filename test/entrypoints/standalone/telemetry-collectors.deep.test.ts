import { expect, it } from 'vitest';
import { startOtlpReceiver } from '../../support/otlp-receiver.ts';
import { freePort } from '../../support/ports.ts';
import { until } from '../../support/until.ts';
import { directStore, quick, startEngines } from './process-fixture.ts';

const collectors = ['unreachable', 'slow', 'failing'] as const;

it.for(collectors)(
  'A collector that is %s keeps no message and no stop, and is told of once',
  async (kind, { onTestFinished }) => {
    const engines = await startEngines({ onTestFinished, peekLockMs: 30_000 });
    const receiver = await startOtlpReceiver({
      onTestFinished,
      answer: (response) => {
        if (kind === 'failing') response.writeHead(500).end();
      },
    });
    const endpoint = kind === 'unreachable' ? `http://127.0.0.1:${await freePort()}` : receiver.endpoint;
    const host = engines.startHost({
      ...quick,
      ...directStore,
      MAX_CONCURRENT_CALLS: '16',
      SHUTDOWN_TIMEOUT: 'PT4.5S',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    });
    await host.line(/Ready on/);
    const ids = Array.from({ length: 50 }, (_, index) => `m-${index}`);
    await engines.send(ids, [{ name: 'charge' }]);
    await until(() => expect(engines.inspect()).toMatchObject({ active: [], locked: [], deadLettered: [] }));
    await host.line(/Telemetry could not be exported/);

    const start = performance.now();
    host.signalGroup('SIGTERM');
    expect(await host.exited).toMatchObject({ code: 0 });
    expect(performance.now() - start).toBeLessThan(5000);
    expect(host.lines.filter((line) => line.includes('Telemetry could not be exported'))).toHaveLength(1);
  },
);
