// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Sources;

/// <summary>What it took to follow changes, in resources: a change must not cost what there is, but what it touches.</summary>
/// <param name="Validated">Read and checked by themselves.</param>
/// <param name="Merged">Of which it was decided anew which definition counts.</param>
/// <param name="Checked">Whose references were looked at.</param>
public readonly record struct AssemblyWork(long Validated, long Merged, long Checked);
