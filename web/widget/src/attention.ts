/** Calling for attention while nobody looks: the page's title, and a soft sound for those who switched it on. */
export class Attention {
  #title: string | null = null;
  #audio: AudioContext | null = null;

  /** Puts the number of waiting messages in front of the title; zero gives the page its own back. */
  mark(count: number): void {
    const own = this.#title !== null && document.title.startsWith("(") ? this.#title : document.title;
    if (count > 0) {
      this.#title = own;
      document.title = `(${count}) ${own}`;
    } else if (this.#title !== null) {
      if (document.title.startsWith("(")) document.title = this.#title;
      this.#title = null;
    }
  }

  /** Two short, quiet tones; silent where the browser wants a gesture first. */
  sound(): void {
    try {
      this.#audio ??= new AudioContext();
      const { currentTime: now, destination } = this.#audio;
      [659, 880].forEach((frequency, index) => {
        const tone = this.#audio?.createOscillator();
        const volume = this.#audio?.createGain();
        if (!tone || !volume) return;
        const at = now + index * 0.12;
        tone.frequency.value = frequency;
        volume.gain.setValueAtTime(0.06, at);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.25);
        tone.connect(volume).connect(destination);
        tone.start(at);
        tone.stop(at + 0.26);
      });
    } catch {
      // No sound here.
    }
  }
}
