import { css } from 'lit';

/** The chat on the phone's screen. */
export const chatStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    block-size: 100%;
    min-block-size: 0;
  }

  .name {
    flex: 1;
    min-inline-size: 0;
  }

  .name p {
    font-size: 0.85em;
    line-height: 1.3;
  }

  h2 {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .log {
    flex: 1;
    min-block-size: 0;
    overflow-y: auto;
    padding: 0.6rem 0.8rem 0.8rem;
    background-color: var(--phoneWall);
    background-image: radial-gradient(var(--phonePattern) 2px, transparent 2.5px);
    background-size: 1.4rem 1.4rem;
  }

  .log:focus-visible {
    outline-offset: -3px;
  }

  .day {
    inline-size: fit-content;
    margin: 0.4rem auto;
    padding: 0.2rem 0.7rem;
    border-radius: 0.5rem;
    background: var(--phoneIn);
    color: var(--phoneFaint);
    font-size: 0.85em;
    font-weight: 400;
    box-shadow: 0 1px 1px var(--phoneShadow);
  }

  .typing {
    display: flex;
    gap: 0.25rem;
    inline-size: fit-content;
    margin-block: 0.3rem;
    padding: 0.7rem 0.8rem;
    border-radius: 0.6rem;
    border-start-start-radius: 0;
    background: var(--phoneIn);
    box-shadow: 0 1px 1px var(--phoneShadow);
  }

  .typing i {
    inline-size: 0.45rem;
    block-size: 0.45rem;
    border-radius: 50%;
    background: var(--phoneFaint);
    animation: hop 1.2s infinite;
  }

  .typing i:nth-of-type(2) {
    animation-delay: 0.15s;
  }

  .typing i:nth-of-type(3) {
    animation-delay: 0.3s;
  }

  @keyframes hop {
    0%,
    60%,
    100% {
      opacity: 0.4;
      transform: none;
    }

    30% {
      opacity: 1;
      transform: translateY(-0.2rem);
    }
  }

  .trouble {
    padding: 0.4rem 0.8rem;
    background: light-dark(#fdecea, #4a1c1a);
    color: light-dark(#7a1710, #ffd5d2);
  }
`;
