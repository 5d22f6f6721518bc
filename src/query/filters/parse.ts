import { invalidParameter } from '../../domain/errors.ts';
import { hasWindow } from '../../domain/time/window.ts';
import { modelOf } from '../../model/models.ts';
import type { EchoedQuery, Warning } from '../../model/page.ts';
import type { Reader } from '../../storage/port.ts';
import type { ResidualFilter, ResolvedQuery, QueryTerm } from '../plan/query.ts';
import { FILTERS, type FilterParameters } from './index.ts';

/** The order of parameters in `query` of an answer; those of later filters follow. */
const ECHO_ORDER =
  'from to during before after overlap match basis actor actorScope role kind topic status moment place source relatedTo type q words undated updatedSince'.split(
    ' ',
  );

/** Parses parameters of entries: each filter resolves its own. Throws for dates, names and texts that cannot be understood. */
export async function parseQuery(
  reader: Reader,
  parameters: FilterParameters,
  each: ResolvedQuery['each'],
): Promise<{ query: ResolvedQuery; echo: EchoedQuery }> {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const query: ResolvedQuery = { conjuncts: [], excluded: [], residual: [], window: {}, undated: 'with', each };
  const [conjuncts, excluded, residual, echo]: [QueryTerm[][], QueryTerm[], ResidualFilter[], EchoedQuery] = [[], [], [], {}];
  const warnings: Warning[] = [];
  for (const filter of FILTERS) {
    if (!given.some((name) => name in filter.parameters)) continue;
    const { echo: echoed, warnings: warned = [], ...made } = await filter.contribute(parameters, { reader, window: query.window });
    conjuncts.push(...(made.conjuncts ?? []));
    excluded.push(...(made.excluded ?? []));
    residual.push(...(made.residual ?? []));
    warnings.push(...warned);
    Object.assign(echo, echoed);
    Object.assign(query, made, { conjuncts, excluded, residual });
  }
  if (query.type === 'actor') fitToActors(query);
  const isSingle = query.type !== undefined && modelOf[query.type].timeline?.single === true;
  return {
    query: {
      ...query,
      each: isSingle ? 'moment' : each,
      ...(warnings.length > 0 && { warnings }),
      undated: hasWindow(query.window) ? 'without' : query.undated,
    },
    echo: inOrder(echo),
  };
}

/**
 * Refuses a text, as the rows of actors in the full text are not those of their moments. Changed actors are found by the residual filter alone: the count
 * of changes is that of entries. Throws `invalid-request`.
 */
function fitToActors(query: ResolvedQuery): void {
  if (query.text)
    throw invalidParameter('q', 'q does not find moments of actors: ask GET /v1/actors?q= for the actors, or leave out type=actor');
  delete query.changes;
}

const inOrder = (echo: EchoedQuery): EchoedQuery => ({
  ...Object.fromEntries(ECHO_ORDER.flatMap((name) => (echo[name] === undefined ? [] : [[name, echo[name]]]))),
  ...echo,
});
