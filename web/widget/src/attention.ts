/** Calling for attention while nobody looks: the page's title, and a soft sound for those who switched it on. */
export class Attention {
  #title: string | null = null;
  #audio: AudioContext | null = null;
  #isDue = false;

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

  /**
   * Two short, quiet tones, once for all that comes before they may be heard. A browser wants to be asked for sound while the
   * visitor does something: `quietly` only asks.
   */
  async sound(quietly = false): Promise<void> {
    try {
      const audio = (this.#audio ??= new AudioContext());
      const allowed = audio.resume();
      if (quietly || this.#isDue) return;
      this.#isDue = true;
      await allowed;
      [659, 880].forEach((frequency, index) => {
        const tone = audio.createOscillator();
        const volume = audio.createGain();
        const at = audio.currentTime + index * 0.12;
        tone.frequency.value = frequency;
        volume.gain.setValueAtTime(0.06, at);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.25);
        tone.connect(volume).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 0.26);
      });
    } catch {
      // No sound here.
    }
    this.#isDue = false;
  }
}
