/** Who is at a web hook that has to go out. See `schema.ts`. */
export const hooks: readonly string[] = [
  `
  -- 0, or the process that has it: then due_at is when that one may try it again.
  ALTER TABLE hook ADD COLUMN leased INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX hook_leased ON hook (leased) WHERE leased <> 0;
  `,
];
