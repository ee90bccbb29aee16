/** A file with a text under it, and what may be tapped. */
export function richCard(fileUrl: string, description: string, suggestions: readonly object[] = []): object {
  const media = { height: 'MEDIUM', contentInfo: { fileUrl } };
  return {
    richCard: {
      standaloneCard: {
        cardOrientation: 'VERTICAL',
        cardContent: { description, media, ...(suggestions.length > 0 && { suggestions }) },
      },
    },
  };
}
