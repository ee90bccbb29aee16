import { css } from 'lit';

/** The look of a message. */
export const bubbleStyles = css`
  :host {
    display: flex;
  }

  :host([side='business']) {
    justify-content: flex-end;
  }

  article {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    max-inline-size: min(34rem, 85%);
  }

  :host([side='business']) article {
    align-items: flex-end;
  }

  .box {
    padding: var(--spacingVerticalSNudge) var(--spacingHorizontalM);
    border-radius: var(--borderRadiusXLarge);
    background: var(--colorNeutralBackground1);
    box-shadow: var(--shadow2);
    min-inline-size: 4rem;
    max-inline-size: 100%;
    overflow-wrap: anywhere;
  }

  :host([side='customer']) .box {
    border-start-start-radius: var(--borderRadiusSmall);
  }

  :host([side='business']) .box {
    border-start-end-radius: var(--borderRadiusSmall);
    background: var(--colorBrandBackground2);
  }

  .gone .said {
    text-decoration: line-through;
    color: var(--colorNeutralForeground3);
  }

  .said {
    white-space: pre-wrap;
  }

  .strong {
    font-weight: var(--fontWeightSemibold);
  }

  .meta {
    display: flex;
    justify-content: flex-end;
    align-items: center;
    gap: var(--spacingHorizontalSNudge);
    margin-block-start: var(--spacingVerticalXXS);
    font-size: var(--fontSizeBase200);
    line-height: var(--lineHeightBase200);
    color: var(--colorNeutralForeground2);
    white-space: nowrap;
  }

  .meta bt-ticks {
    font-size: var(--fontSizeBase400);
  }

  .note,
  .kind {
    color: var(--colorNeutralForeground2);
    font-size: var(--fontSizeBase200);
  }

  .note {
    font-style: italic;
  }

  .kind,
  .place {
    display: flex;
    align-items: center;
    gap: var(--spacingHorizontalXS);
  }

  .icon {
    inline-size: 1.2em;
    block-size: 1.2em;
    flex-shrink: 0;
  }

  blockquote {
    margin: 0 0 var(--spacingVerticalXS);
    padding: var(--spacingVerticalXS) var(--spacingHorizontalS);
    border-inline-start: 3px solid var(--colorBrandStroke1);
    border-radius: var(--borderRadiusMedium);
    background: var(--colorNeutralBackground3);
    color: var(--colorNeutralForeground2);
    font-size: var(--fontSizeBase200);
    max-block-size: 4.5em;
    overflow: hidden;
  }

  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: var(--spacingHorizontalXS);
    list-style: none;
    margin: var(--spacingVerticalXS) 0 0;
    padding: 0;
  }

  .choices li {
    padding-inline: var(--spacingHorizontalS);
    border: 1px solid var(--colorBrandStroke2);
    border-radius: var(--borderRadiusCircular);
    color: var(--colorBrandForeground2);
    background: var(--colorNeutralBackground1);
  }

  .reaction {
    margin-block-start: -0.4rem;
    margin-inline: var(--spacingHorizontalS);
    padding-inline: var(--spacingHorizontalXS);
    border-radius: var(--borderRadiusCircular);
    background: var(--colorNeutralBackground1);
    box-shadow: var(--shadow2);
  }

  .trouble {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--spacingHorizontalS);
    margin-block-start: var(--spacingVerticalXS);
    font-size: var(--fontSizeBase200);
    color: var(--colorStatusDangerForeground3);
  }

  .trouble.calm {
    color: var(--colorNeutralForeground3);
  }
`;
