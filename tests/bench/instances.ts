import { benchPostgresShape } from './benchPostgres.ts';
import { withStores } from './benchStores.ts';
import { inTurn } from './contenders.ts';
import { type ReceiptCpu, receiptBusinesses, receiptContender, startProvider } from './receiptRounds.ts';
import { median, ratioRow, type Section } from './report.ts';
import { seeded } from './samples.ts';
import { startWebhookServer } from './webhookServerProcess.ts';

const rounds = 5;
const receipts = 1600;

/** Two and four instances against one, on the same PostgreSQL. */
export async function benchInstances(folder: string): Promise<Section> {
  const provider = await startProvider(folder);
  const random = seeded(12);
  const setup = { kind: 'bluetick', provider: provider.said[0], businesses: receiptBusinesses } as const;
  const cpus: Record<number, ReceiptCpu> = {};
  try {
    const { one, two, four } = await withStores(folder, ({ newPlace, postgres }) => {
      const serve = async (instances: number) => {
        const store = await newPlace('PostgreSQL');
        const hosts = [];
        for (let host = 0; host < instances; host += 1)
          hosts.push(await startWebhookServer({ ...setup, store }, folder));
        const contender = receiptContender(hosts, { receipts, random }, () => postgres.cpuMs());
        cpus[instances] = contender.cpu;
        return contender;
      };
      return inTurn({ one: () => serve(1), two: () => serve(2), four: () => serve(4) }, rounds);
    });
    const [cpuOfOne, cpuOfTwo, cpuOfFour] = [1, 2, 4].map(instances => cpus[instances]) as [
      ReceiptCpu,
      ReceiptCpu,
      ReceiptCpu,
    ];
    const micros = ({ hosts, database }: ReceiptCpu) =>
      `${Math.round(median(hosts))} + ${Math.round(median(database))}`;
    return {
      title: 'Instances that share a database',
      shape: `Receipts from end to end, as above, ${receipts.toLocaleString('en')} a round shared out evenly over one, two and four instances, each set on a database of
its own. ${benchPostgresShape}. Sender, provider, instances and PostgreSQL share two cores, so that the rate cannot
grow: what more instances cost is told by the processor time of a receipt. Medians of ${rounds} interleaved rounds, quartiles in brackets.`,
      beside: 'PostgreSQL over four connections has 1.3 times the rows of one.',
      rows: [
        ratioRow('receipts a second, two against one', two, one),
        ratioRow('receipts a second, four against one', four, one),
        ratioRow(
          'processor time of the hosts for a receipt, two against one',
          cpuOfTwo.hosts,
          cpuOfOne.hosts,
        ),
        ratioRow(
          'processor time of the hosts for a receipt, four against one',
          cpuOfFour.hosts,
          cpuOfOne.hosts,
        ),
        ratioRow(
          'processor time of PostgreSQL for a receipt, two against one',
          cpuOfTwo.database,
          cpuOfOne.database,
        ),
        ratioRow(
          'processor time of PostgreSQL for a receipt, four against one',
          cpuOfFour.database,
          cpuOfOne.database,
        ),
        {
          what: 'microseconds of processor a receipt, hosts + PostgreSQL',
          value: `one ${micros(cpuOfOne)}, two ${micros(cpuOfTwo)}, four ${micros(cpuOfFour)}`,
        },
        {
          what: 'receipts a second',
          value: [one, two, four].map(all => Math.round(median(all))).join(', '),
        },
      ],
    };
  } finally {
    await provider.end();
  }
}
