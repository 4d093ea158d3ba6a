// What the tests that run in every browser do with one: few things, so that each kind of driver has them all.

/// A key by the name that browsers give it.
export type KeyName = 'ArrowLeft' | 'ArrowRight' | 'Escape' | 'Enter' | 'Tab';

/// One tab with the page. Elements are named by CSS selectors; of several the first is meant.
export interface Tab {
  /// Opens an address of the page, from its folder on.
  open(address: string): Promise<void>;
  /// Another page, and the way back.
  leave(): Promise<void>;
  back(): Promise<void>;
  reload(): Promise<void>;
  /// Presses an element as a hand does.
  press(selector: string): Promise<void>;
  /// Presses a key where the focus is.
  key(name: KeyName): Promise<void>;
  /// Gives a file of this machine to an input.
  give(selector: string, path: string): Promise<void>;
  /// Runs a function in the page. What goes in and comes out is JSON.
  run<G, R>(work: (given: G) => R | Promise<R>, given: G): Promise<R>;
  /// The text that a deed has the browser save as a file.
  saved(deed: () => Promise<void>): Promise<string>;
  /// What the page complained of, as far as the browser tells its driver.
  complaints(): Promise<string[]>;
  close(): Promise<void>;
}

/// A browser that is started.
export interface Program {
  tab(): Promise<Tab>;
  close(): Promise<void>;
}
