// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.Config.Schemas;

/// <summary>A number, or a name that stands for one (Kubernetes' IntOrString).</summary>
public readonly record struct IntOrText(int Number, string? Text = null)
{
    public bool IsNumber => Text is null;

    /// <inheritdoc/>
    public override string ToString() => Text ?? Number.ToString(CultureInfo.InvariantCulture);
}
