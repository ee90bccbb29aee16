/** The customers that the page offers, by their numbers: the name is in their profile. */
export const sampleCustomers: ReadonlyMap<string, string> = new Map([
  ['4915550001111', 'Anna'],
  ['4915550002222', 'Ben'],
  ['4915550003333', 'Carla'],
]);
