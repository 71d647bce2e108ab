// Azure's own instrumentation of its SDKs, to be preloaded after an SDK of OpenTelemetry.
import { register } from 'node:module';
import { createAzureSdkInstrumentation } from '@azure/opentelemetry-instrumentation-azure-sdk';
import { registerInstrumentations } from '@opentelemetry/instrumentation';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
registerInstrumentations({ instrumentations: [createAzureSdkInstrumentation()] });
