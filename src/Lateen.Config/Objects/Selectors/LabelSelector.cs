// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Objects.Selectors;

/// <summary>Conditions on labels, all of which must hold: <c>app=reviews,version in (v1,v2),!canary</c>.</summary>
public sealed class LabelSelector
{
    private readonly IReadOnlyList<LabelRequirement> _requirements;

    internal LabelSelector(IReadOnlyList<LabelRequirement> requirements) => _requirements = requirements;

    /// <summary>Selects everything.</summary>
    public static LabelSelector Everything { get; } = new([]);

    public bool IsEverything => _requirements.Count == 0;

    /// <summary>Null when the text is no selector; the problem then says where and why.</summary>
    public static LabelSelector? Parse(string text, out string problem) =>
        new LabelSelectorParser(text).Parse(out problem);

    /// <param name="labels">The value of a label; null where there is none.</param>
    public bool Matches(Func<string, string?> labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Matches(labels))
                return false;
        }
        return true;
    }
}
