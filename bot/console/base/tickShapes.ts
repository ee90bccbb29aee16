/** What a message shows of its way: a clock, one grey tick, two, two blue, or that it failed. */
export type Ticks = 'waiting' | 'sent' | 'delivered' | 'read' | 'failed';
