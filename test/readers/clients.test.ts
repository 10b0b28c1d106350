import t from 'tap';
import { testGrowth } from './growth-cases.ts';
import { OF_CLIENTS } from './table.ts';

testGrowth(t, OF_CLIENTS);
