/** Who we are to Copilot Studio, in the connector's document and in the skill's manifest. */
export const about = {
  name: 'Bluetick',
  version: '1.0',
  description:
    'Decides when a WhatsApp customer sees the blue ticks, typing and the answer, and tells what became of messages.',
} as const;
