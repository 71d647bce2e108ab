import { randomUUID } from 'node:crypto';
import { hidden } from './frame.ts';
import { type Html, html } from './html.ts';
import type { Links } from './links.ts';

/** What is asked before anything is done. */
export interface Question {
  /** What will be done, as a sentence. */
  readonly what: string;
  /** What it can do besides, that whoever agrees should know. */
  readonly warning?: string | undefined;
  /** What the form sends besides who and why. */
  readonly fields: readonly (readonly [string, string])[];
  /** More to fill in. */
  readonly more?: Html | undefined;
  readonly button: string;
}

/** A form that does what it says when it is sent, and says who did it and why. Sent twice, it does it once. */
export const actForm = (
  { what, warning, fields, more, button }: Question,
  links: Links,
  name: string | undefined,
): Html =>
  html`<section aria-label="Confirm">
<h2>${what}</h2>
${warning !== undefined && html`<p class="bad">⚠ ${warning}</p>`}
<form method="post" action="${links.to('/act')}">
${hidden([...fields, ['act', randomUUID()]])}
${more}
${
  name === undefined
    ? html`<label for="who">Who are you?</label><input id="who" name="who" required maxlength="100" autocomplete="name">`
    : html`<p>You are <b>${name}</b>.</p>`
}
<label for="reason">Why? It is kept in the record and in the log.</label>
<input id="reason" class="wide" name="reason" required maxlength="400" autocomplete="off">
<p><button class="go">${button}</button> <a href="${links.to('/')}">No, do nothing</a></p>
</form>
</section>`;

/** What is said in the place of an act: that it was done before, or why not. */
export const said = (title: string, text: string, links: Links): Html =>
  html`<section aria-label="${title}"><h2>${title}</h2><p>${text}</p><p><a class="act" href="${links.to('/')}">Back to the page</a></p></section>`;

export const signInForm = (links: Links): Html =>
  html`<section aria-label="Sign in"><h2>Sign in</h2>
<p>This page is for those who have the token that the setting ADMIN_TOKEN holds. It was not shown.</p>
<form method="post" action="${links.to('/sign-in')}">
<label for="name">Who are you? What you do is recorded under this name.</label><input id="name" name="name" required maxlength="100" autocomplete="username">
<label for="token">Token</label><input id="token" name="token" type="password" required autocomplete="current-password">
<p><button class="go">Sign in</button></p>
</form></section>`;
