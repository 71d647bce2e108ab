import { createRequire } from 'node:module';

/**
 * The metadata of a trigger as the host sent it. `@azure/functions` reads every text of it as JSON, so that the IDs `77`,
 * `77.0`, ` 77` and `7.7e1` arrive as one number: what the handler is given does not tell them apart, the request does.
 */
export type ExactMetadata = Readonly<Record<string, ExactValue | undefined>>;

/** One value between host and worker: a text as it is, or JSON. */
export interface ExactValue {
  readonly string?: string | null;
  readonly json?: string | null;
}

/** As much of the worker's API as is needed. Source: azure-functions-nodejs-worker, `types-core/index.d.ts`. */
interface Core {
  getProgrammingModel(): ProgrammingModel;
}
interface ProgrammingModel {
  getInvocationModel(context: CoreContext): InvocationModel | Promise<InvocationModel>;
}
interface InvocationModel {
  getArguments(): Promise<{ readonly context: object }>;
}
interface CoreContext {
  readonly request?: { readonly triggerMetadata?: ExactMetadata | null };
}

/** Freed with the invocations themselves. */
const requests = new WeakMap<object, ExactMetadata>();

/** What the host sent with this invocation; undefined if the worker does not let us see it. */
export const exactMetadataOf = (invocation: object): ExactMetadata | undefined => requests.get(invocation);

/**
 * Has the programming model remember the metadata of each invocation. To be called when all functions are registered, before
 * the first invocation: the library sets its model with its first registration. Nothing is changed that others see.
 *
 * @throws Error if the worker does not have what that needs. Then nothing is remembered.
 */
export function rememberMetadata(): void {
  const core: Core = createRequire(import.meta.url)('@azure/functions-core');
  const model = core.getProgrammingModel();
  const getInvocationModel = model.getInvocationModel.bind(model);
  const remembering = (invocation: InvocationModel, { request }: CoreContext): InvocationModel => {
    const getArguments = invocation.getArguments.bind(invocation);
    invocation.getArguments = async () => {
      const given = await getArguments();
      if (request?.triggerMetadata) requests.set(given.context, request.triggerMetadata);
      return given;
    };
    return invocation;
  };
  model.getInvocationModel = (context) => {
    const invocation = getInvocationModel(context);
    return invocation instanceof Promise
      ? invocation.then((settled) => remembering(settled, context))
      : remembering(invocation, context);
  };
}
