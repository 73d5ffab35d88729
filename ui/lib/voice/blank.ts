/** Something to send that shows and says nothing. */
export interface Blank {
  readonly track: MediaStreamTrack;
  end(): void;
}

const FRAME_MS = 100;
const WIDTH = 64;
const HEIGHT = 36;

/** A black picture or silence, which is sent all the same. Throws where the browser has none. */
export function blankOf(kind: "audio" | "video"): Blank {
  return kind === "audio" ? silence() : blackness();
}

function blackness(): Blank {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const drawing = canvas.getContext("2d");
  // A picture that is not drawn anew is sent once at most.
  const draw = () => drawing?.fillRect(0, 0, WIDTH, HEIGHT);
  const timer = setInterval(draw, FRAME_MS);
  draw();
  const [track] = canvas.captureStream().getVideoTracks();
  return ended(track, () => clearInterval(timer));
}

function silence(): Blank {
  const audio = new AudioContext();
  const destination = audio.createMediaStreamDestination();
  // Without a source nothing is sent at all.
  const source = new ConstantSourceNode(audio, { offset: 0 });
  source.connect(destination);
  source.start();
  const [track] = destination.stream.getAudioTracks();
  return ended(track, () => void audio.close().catch(() => undefined));
}

function ended(track: MediaStreamTrack | undefined, end: () => void): Blank {
  if (!track) throw new Error("This browser makes no track of its own.");
  return {
    track,
    end: () => {
      track.stop();
      end();
    },
  };
}
