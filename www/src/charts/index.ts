// What is loaded after the first picture: everything that draws with Plot.
export * as beside from './beside';
export * as panels from './panels';
export * as smallPlots from './small-plots';
