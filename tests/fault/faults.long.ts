import { clockPlays } from './clockPlays.ts';
import { declarePlays } from './plays.ts';
import { providerPlays } from './providerPlays.ts';
import { sabotagePlays } from './sabotagePlays.ts';
import { storePlays } from './storePlays.ts';

describe('the host, while', function () {
  this.timeout(120_000);
  // Those that wait for a time-out come first: the others pass by them.
  declarePlays([...providerPlays, ...clockPlays, ...storePlays, ...sabotagePlays]);
});
