import type { LockEvent, LockEvents } from '../../../application/ports/lock-events.ts';
import { escapeId } from '../../../domain/escaped-id.ts';
import type { LockName } from '../../../domain/lock-name.ts';
import type { DurationMs } from '../../../domain/time.ts';
import type { MessageIdentity } from '../../../domain/work-key.ts';
import type { ApiRequest } from '../api-request.ts';
import { type Access, admit, isSame, signInCookie, type Visitor } from './access.ts';
import { actForm, said, signInForm } from './act-forms.ts';
import { ActLog } from './act-log.ts';
import { begin } from './acts.ts';
import { Board } from './board.ts';
import { ActRefused, formOf, messageIn } from './fields.ts';
import { frame } from './frame.ts';
import { home, homeParts } from './home-view.ts';
import { type Html, html } from './html.ts';
import { Links } from './links.ts';
import { listedStates, listView } from './list-view.ts';
import { messagePart } from './message-view.ts';
import type { PageSource } from './operations.ts';
import { questionOf } from './questions.ts';
import { pageResponse, script, seeOther, styles } from './responses.ts';
import { partsStream } from './stream.ts';

export interface OperatorPageOptions {
  /** The path that it is served below; empty for the root. */
  readonly base: string;
  readonly access: Access;
  /** What is looked at; the first one to begin with. */
  readonly sources: readonly [PageSource, ...PageSource[]];
  readonly lockTtlMs: DurationMs;
  /** How often names are listed while somebody looks. */
  readonly listEveryMs: DurationMs;
  /** Whether changes are pushed, and acts go on after their answer: not where a process ends when it has answered. */
  readonly isResident: boolean;
  /** Ends streams and acts. */
  readonly shutdown: AbortSignal;
  /** Is told of each request that was turned away. */
  readonly log: (level: 'warn', sentence: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** Each keeps a connection, and those who find none ask by themselves. */
const mostStreams = 50;

interface Opened {
  readonly source: PageSource;
  readonly board: Board;
}

interface Visit {
  readonly request: ApiRequest;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly visitor: Visitor;
  readonly links: Links;
  readonly opened: Opened;
}

/**
 * The page of operators: what is at work, what needs a person, the life of one message, and what can be done about it. All of it
 * is made here and can be read without scripts. Nothing in it decides anything: the use cases of operators do.
 */
export class OperatorPage {
  readonly #options: OperatorPageOptions;
  readonly #opened: readonly [Opened, ...Opened[]];
  readonly #acts = new ActLog();

  constructor(options: OperatorPageOptions) {
    this.#options = options;
    const { lockTtlMs, listEveryMs } = options;
    const open = (source: PageSource): Opened => ({
      source,
      board: new Board({ operations: source.operations('the page'), lockTtlMs, listEveryMs }),
    });
    const [first, ...others] = options.sources;
    this.#opened = [open(first), ...others.map(open)];
    options.shutdown.addEventListener('abort', () => this.#acts.stopAll(), { once: true });
  }

  /** `events`, of which this page is told as well: what happens in this process is seen at once. */
  alsoTold = (events: LockEvents): LockEvents => ({
    emit: (event) => {
      events.emit(event);
      this.#tell(event);
    },
  });

  #tell(event: LockEvent): void {
    this.#acts.tell(event);
    const folder = event.lock.slice(0, event.lock.indexOf('/'));
    for (const { source, board } of this.#opened) if (escapeId(source.scope) === folder) board.tell(event);
  }

  serves(pathname: string): boolean {
    const { base } = this.#options;
    return base === '' ? paths.has(pathname) : pathname === base || pathname.startsWith(`${base}/`);
  }

  /** Answers a request for one of its paths, whoever it is from: those who may not look get 403. */
  async answer(request: ApiRequest): Promise<Response> {
    const { base, access } = this.#options;
    const { pathname, searchParams: query } = new URL(request.url);
    const path = pathname.slice(base.length) || '/';
    const chosen = Number(query.get('queue') ?? 0);
    const opened = this.#opened[chosen] ?? this.#opened[0];
    const code = access.kind === 'host' ? (query.get('code') ?? undefined) : undefined;
    const links = new Links(base, { queue: opened === this.#opened[0] ? undefined : String(chosen), code });
    const admission = admit(access, request);
    const isPost = request.method === 'POST';
    if (isPost && path === '/sign-in' && !('refused' in admission && !admission.isSignIn)) {
      return this.#signIn(request, { opened, links });
    }
    if ('refused' in admission) {
      if (path === '/page.css') return styles();
      this.#refused(admission.refused, request);
      const main = admission.isSignIn
        ? signInForm(links)
        : said('Not for you', `This request was refused: ${admission.refused}.`, links);
      return this.#page(403, 'Operate', main, { opened, links });
    }
    const visit = { request, path, query, visitor: admission, links, opened };
    try {
      return isPost ? await this.#act(visit) : await this.#show(visit);
    } catch (error) {
      if (!(error instanceof ActRefused)) throw error;
      return this.#page(409, 'Not done', said('Nothing was done', error.message, links), visit);
    }
  }

  async #show(visit: Visit): Promise<Response> {
    const { path, query, links, opened, visitor } = visit;
    const { board, source } = opened;
    const operations = source.operations(visitor.name ?? 'the page');
    switch (path) {
      case '/':
        await board.look();
        return this.#page(200, `Operate ${source.name}`, home(this.#view(visit)), visit, links.to('/live'));
      case '/page.css':
        return styles();
      case '/live.js':
        return script();
      case '/message': {
        const message = messageIn(query);
        const main = await this.#message(visit, message);
        const { id, source: of } = message;
        return this.#page(200, `Message ${id}`, main, visit, links.to('/live', { id, source: of }));
      }
      case '/locks': {
        const state = listedStates.find((each) => each === query.get('state'));
        const request = {
          state,
          prefix: query.get('prefix') || undefined,
          after: (query.get('after') || undefined) as LockName,
        };
        return this.#page(200, 'Locks', await listView(operations.listLocks, request, links), visit);
      }
      case '/live':
        return this.#stream(visit);
      case '/act': {
        if (!visitor.mayAct) throw new ActRefused(readOnly);
        const question = await questionOf(query, operations, () => messageIn(query));
        return this.#page(200, 'Confirm', actForm(question, links, visitor.name), visit);
      }
      default:
        return this.#page(
          404,
          'Nothing here',
          said('There is nothing here', 'The page begins one link further.', links),
          visit,
        );
    }
  }

  async #act({ request, path, links, opened, visitor }: Visit): Promise<Response> {
    if (path !== '/act') throw new ActRefused('There is no such form.');
    if (!visitor.mayAct) throw new ActRefused(readOnly);
    const fields = await formOf(request);
    const id = fields.get('act') ?? '';
    if (fields.get('do') === 'stop') {
      this.#acts.stop(id);
      return seeOther(links.to('/'));
    }
    const who = visitor.name ?? fields.get('who')?.trim();
    const reason = fields.get('reason')?.trim();
    if (!who || !reason || who.length > 100 || reason.length > 400) throw new ActRefused('Say who you are, and why.');
    if (!/^[\w-]{1,64}$/.test(id)) throw new ActRefused('The form is not one of this page.');
    const message = () => messageIn(fields);
    const back = fields.get('id') === null ? links.to('/') : links.message(message());
    if (this.#acts.has(id)) return seeOther(back);
    const operations = opened.source.operations(`${who} (unverified)`);
    const { ended } = begin(fields, { operations, log: this.#acts, message, id, who: `${who} (unverified)`, reason });
    const isLong = fields.get('id') === null;
    void ended.finally(() => opened.board.lettersChanged());
    if (isLong && this.#options.isResident) return seeOther(links.to('/'));
    await ended;
    const act = this.#acts.acts.find((each) => each.id === id);
    if (act?.state === 'failed') throw new ActRefused(act.progress);
    return seeOther(back);
  }

  async #signIn(request: ApiRequest, shown: Pick<Visit, 'opened' | 'links'>): Promise<Response> {
    const { access } = this.#options;
    const fields = await formOf(request);
    const name = fields.get('name')?.trim().slice(0, 100);
    if (access.kind === 'token' && name && isSame(fields.get('token') ?? '', access.token)) {
      const isSecure = request.headers.get('origin')?.startsWith('https:') === true;
      return seeOther(shown.links.to('/'), { 'set-cookie': signInCookie(name, access.token, isSecure) });
    }
    this.#refused('its token is wrong', request);
    return this.#page(
      403,
      'Sign in',
      html`<p class="alarm bad">⚠ That is not the token.</p>${signInForm(shown.links)}`,
      shown,
    );
  }

  #refused(why: string, { method, url }: ApiRequest): void {
    const { pathname } = new URL(url);
    this.#options.log('warn', `${method} ${pathname} was refused: ${why}.`, { event: 'page-refused', why });
  }

  #view = ({ opened, links, visitor }: Visit) => ({
    board: opened.board,
    acts: this.#acts.acts,
    links,
    mayAct: visitor.mayAct,
    isResident: this.#options.isResident,
  });

  async #message({ opened, links, visitor }: Visit, message: MessageIdentity): Promise<Html> {
    const inspected = await opened.source.operations('the page').inspectMessage.run(message);
    const known = [...opened.board.locks.in('held')].find(
      ({ message: { id, source } }) => id === message.id && source === message.source,
    );
    return messagePart({ message, inspected, writes: known?.writes ?? [], links, mayAct: visitor.mayAct });
  }

  /** The parts of a page, as long as it is open: all of them at first, then those that changed. */
  #stream(visit: Visit): Response {
    const { query, opened, request } = visit;
    if (!this.#options.isResident || opened.board.watchers >= mostStreams) {
      return this.#page(
        503,
        'No stream',
        said('There is no stream', 'Load the page again to see what changed.', visit.links),
        visit,
      );
    }
    const message = query.get('id') === null ? undefined : messageIn(query);
    const parts = async () =>
      message === undefined ? homeParts(this.#view(visit)) : { life: await this.#message(visit, message) };
    const over = AbortSignal.any([request.signal, this.#options.shutdown]);
    return partsStream({ board: opened.board, parts, over, everyTicks: message === undefined ? 1 : 2 });
  }

  #page(
    status: number,
    title: string,
    main: Html,
    { opened, links }: Pick<Visit, 'opened' | 'links'>,
    stream?: string,
  ): Response {
    const { isResident, sources } = this.#options;
    const live = stream === undefined ? undefined : isResident ? { stream } : { pollSeconds: 10 };
    const { source, board } = opened;
    const text = frame({ title, links, sources, source, now: board.storeNow, live, main });
    return pageResponse(status, text);
  }
}

const paths: ReadonlySet<string> = new Set([
  '/',
  '/page.css',
  '/live.js',
  '/message',
  '/locks',
  '/live',
  '/act',
  '/sign-in',
]);

const readOnly =
  'This page only shows: the host lets whoever is on its machine look. Set ADMIN_TOKEN to act by it, or use isb.';
