/**
 * The sandbox WebUI: an in-process server that answers as AUTOMATIC1111's Stable Diffusion WebUI 1.10.1 does, without a
 * model and without a GPU.
 *
 * <p>{@link darkroom.sandbox.SandboxWebUi} starts one, {@link darkroom.sandbox.SandboxSettings} says how it was "launched",
 * {@link darkroom.sandbox.Fault} makes it misbehave. Every fact it imitates was recorded from a real server: the recordings
 * are {@code src/test/resources/captures}, {@code ContractTest} replays them, and comments name them by number ("capture
 * 031"). {@code docs/sandbox.md} says where it differs, and why.
 *
 * <p>A request for a picture goes through {@code FrontDoor}, {@code Routes}, {@code GenerationApi} (before the lock), {@code
 * Gpu} (the lock), {@code Processing} (its own settings), {@code GenerationRun} (batches, steps, pictures), {@code
 * OutputFolder} (files) and back. What the server has one of each is in {@code Engine}.
 */
@NullMarked
package darkroom.sandbox;

import org.jspecify.annotations.NullMarked;
