import { ACTIONS, type Action, type ActionId, type Cell } from './cell.ts';
import type { Trial } from './trial.ts';

/** What both schemes together show of a client's action. */
export type Mark = 'yes' | 'no' | '–' | 'https only' | 'http only';

export function markOf(cells: readonly Cell[], client: string, action: ActionId): Mark {
  const seen = cells.filter((cell) => cell.client === client && cell.action === action);
  const kinds = new Set(seen.map(({ verdict }) => verdict.kind));
  if (kinds.has('absent') || kinds.size === 0) return '–';
  if (kinds.size === 1) return kinds.has('ok') ? 'yes' : 'no';
  return seen.find(({ verdict }) => verdict.kind === 'ok')?.scheme === 'https' ? 'https only' : 'http only';
}

/** The actions that any of these clients can do at this store. */
export function columnsOf(cells: readonly Cell[], clients: readonly string[]): readonly Action[] {
  return ACTIONS.filter(({ id }) => clients.some((client) => markOf(cells, client, id) !== '–'));
}

/** A store's table as text: a line a client, a column an action. */
export function tableOf({ title, version, cells, markers }: Trial): string {
  const clients = [...new Set(cells.map(({ client }) => client))];
  const columns = columnsOf(cells, clients);
  const head = ['', ...columns.map(({ id }) => id)];
  const rows = clients.map((client) => [client, ...columns.map(({ id }) => markOf(cells, client, id))]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const lines = [head, ...rows].map((row) =>
    row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '),
  );
  const found = `${markers.leaked.length} of ${markers.sealed} markers of encrypted bodies are on its disks, and ${
    markers.open - markers.missed.length
  } of ${markers.open} of plain ones`;
  return `${title} ${version}\n${lines.join('\n')}\n${found}`;
}

/** One line a cell that failed. */
export function lineOf({ store, client, scheme, action, verdict }: Cell): string {
  const said = verdict.kind === 'failed' ? `: ${verdict.said}` : '';
  return `${store} / ${client} / ${scheme} / ${action}${said}`;
}
