import { AnnalsError } from '../../../domain/errors.ts';
import { type Issue, Problem } from '../api/api.ts';
import { byId, element } from '../base/element.ts';
import { corrected } from '../base/state.ts';
import type { Store } from '../base/store.ts';
import { correctionButtons } from './warnings.ts';

/** Shows the problem, with a button for every name that may have been meant. Returns the issues, by parameter, for the fields to show. */
export function showProblem(error: unknown, store: Store): Issue[] {
  const { title, message, issues } = problemOf(error);
  const box = byId('problem', HTMLElement);
  box.hidden = false;
  const others = issues.filter((issue) => issue.message !== message || issue.didYouMean?.length);
  box.replaceChildren(
    element('b', {}, title),
    element('p', {}, message),
    element('ul', {}, ...others.map((issue) => issueItem(issue, message, store))),
  );
  return issues;
}

/** Takes the last problem away. */
export function hideProblem(): void {
  byId('problem', HTMLElement).hidden = true;
}

function problemOf(error: unknown): { title: string; message: string; issues: Issue[] } {
  if (error instanceof Problem) return error;
  if (error instanceof AnnalsError) return { title: 'This window cannot be read', message: error.message, issues: error.issues };
  return { title: 'The page failed', message: error instanceof Error ? error.message : String(error), issues: [] };
}

function issueItem({ parameter, message, didYouMean = [], candidates = [] }: Issue, said: string, store: Store): HTMLElement {
  const text = message === said ? '' : `${parameter ? `${parameter}: ` : ''}${message} `;
  const meant = didYouMean.map((value) => ({ value, ...candidates.find(({ id }) => id === value) }));
  const buttons = correctionButtons(meant, (name) => store.go(corrected(store.current(), parameter, name)));
  return element('li', {}, text, buttons.length > 0 && 'Ask instead for', ...buttons);
}
