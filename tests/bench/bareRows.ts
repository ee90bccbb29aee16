/** The content of a message in a bare store, as Bluetick writes it. */
export const bareContent = JSON.stringify({
  type: 'text',
  text: 'Is my bicycle ready? I would come by this afternoon, if that suits you.',
});

/** How long a receipt may be owed, in milliseconds: Meta's 30 days. */
export const receiptLifeMs = 30 * 24 * 60 * 60 * 1000;
