import { createEmptyPipeline, createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { createTracingClient, type Instrumenter, useInstrumenter } from '@azure/core-tracing';
import { expect, it, onTestFinished } from 'vitest';
import { spanPolicy } from '../../../src/adapters/azure-blob/span-policy.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';

/** Any context will do for these: that of the client that has no instrumenter. */
const { tracingContext } = createTracingClient({ namespace: '', packageName: 'test' }).startSpan('none').updatedOptions
  .tracingOptions;

/** The SDK's instrumenter of the process, until the test is over, that keeps the spans of HTTP requests. */
function instrumented(parse: Instrumenter['parseTraceparentHeader']) {
  const spans: string[] = [];
  const instrumenter: Instrumenter = {
    startSpan: (name, { spanAttributes }) => {
      const attributes = { ...spanAttributes };
      const span = {
        isRecording: () => true,
        setAttribute: (key: string, value: unknown) => void Object.assign(attributes, { [key]: value }),
        setStatus: () => undefined,
        recordException: () => undefined,
        end: () => void spans.push(`${name} ${attributes['http.url']} ${attributes['http.status_code']}`),
      };
      return { span, tracingContext };
    },
    withContext: (_, callback, ...parameters) => callback(...parameters),
    parseTraceparentHeader: parse,
    createRequestHeaders: () => ({ traceparent }),
  };
  useInstrumenter(instrumenter);
  onTestFinished(() =>
    useInstrumenter({
      ...instrumenter,
      startSpan: () => ({ span: noSpan, tracingContext }),
      parseTraceparentHeader: () => undefined,
      createRequestHeaders: () => ({}),
    }),
  );
  return spans;
}

const noSpan = {
  isRecording: () => false,
  setAttribute: () => undefined,
  setStatus: () => undefined,
  recordException: () => undefined,
  end: () => undefined,
};

/** What the request carries to the service. */
async function sent(): Promise<string | undefined> {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(spanPolicy());
  const request = createPipelineRequest({ url: 'https://account.test/locks/m-1', method: 'PUT' });
  await pipeline.sendRequest(
    { sendRequest: async (asked) => ({ request: asked, status: 201, headers: createHttpHeaders() }) },
    request,
  );
  return request.headers.get('traceparent');
}

it('A request has no span while no instrumenter is registered, and one as soon as there is one', async () => {
  expect(await sent()).toBeUndefined();
  const spans = instrumented(() => tracingContext);
  expect(await sent()).toBe(traceparent);
  expect(spans).toEqual(['HTTP PUT https://account.test/locks/m-1 201']);
});

it('A request has a span, too, of an instrumenter that reads no parent', async () => {
  const spans = instrumented(() => {
    throw new Error('This is not implemented.');
  });
  expect(await sent()).toBe(traceparent);
  expect(spans).toHaveLength(1);
});
