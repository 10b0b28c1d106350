import t from 'tap';
import { parseTrace } from '../../src/tracing/traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;

t.test('takes what the specification has', (t) => {
  t.match(parseTrace(PARENT, undefined), { traceId: TRACE, spanId: SPAN, sampled: true });
  t.match(parseTrace(`00-${TRACE}-${SPAN}-00`, undefined), { sampled: false });
  const unknown = parseTrace(`00-${TRACE}-${SPAN}-ff`, undefined);
  t.equal(unknown?.headers.traceparent, PARENT, 'flags that nobody knows do not go on');
  t.end();
});

const REFUSED = [
  '',
  TRACE,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-`,
  `00-${TRACE}-${SPAN}-1`,
  `01-${TRACE}-${SPAN}-01`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}0-${SPAN}-01`,
  `00-${TRACE.slice(1)}-${SPAN}-01`,
  ` ${PARENT}`,
  `${PARENT} `,
  `${PARENT}\n`,
  `${PARENT},${PARENT}`,
];

t.test('takes nothing else', (t) => {
  for (const text of REFUSED) t.equal(parseTrace(text, 'a=b'), undefined, JSON.stringify(text));
  t.end();
});

const STATES = [
  { name: 'entries of vendors', state: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', goesOn: true },
  { name: 'entries of tenants', state: 'fw529a3039@dt=FfAQEAAA', goesOn: true },
  { name: 'spaces and empty entries', state: 'a=1, ,b=2', goesOn: true },
  { name: 'what has no value', state: 'rojo', goesOn: false },
  { name: 'a line break', state: 'a=b\r\nx-amz-meta-a: b', goesOn: false },
  { name: 'a name in capitals', state: 'A=b', goesOn: false },
  {
    name: 'more than 512 characters',
    state: `a=${'b'.repeat(200)},c=${'d'.repeat(200)},e=${'f'.repeat(200)}`,
    goesOn: false,
  },
  {
    name: 'more than 32 entries',
    state: Array.from({ length: 33 }, (_, i) => `a${i}=b`).join(','),
    goesOn: false,
  },
];

t.test('the state of vendors goes on as it is, or not at all', (t) => {
  for (const { name, state, goesOn } of STATES)
    t.equal(parseTrace(PARENT, state)?.headers.tracestate, goesOn ? state : undefined, name);
  t.end();
});
