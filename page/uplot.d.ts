/** Served as `/uplot.js`: the module of the package as it is. */
export { default } from 'uplot';
