import t from 'tap';
import { testGrowth } from './growth-cases.ts';
import { OF_STORES } from './table.ts';

testGrowth(t, OF_STORES);
