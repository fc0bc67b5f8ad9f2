// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Objects.Metadata;
using Lateen.Config.Objects.Selectors;
using Lateen.Fuzz;

namespace Lateen.ConfigFuzz;

/// <summary>A text is a selector, or it is said why it is none.</summary>
internal sealed class SelectorTarget : IFuzzTarget
{
    public string Name => "selector";

    public void Run(byte[] input, Random random) =>
        TimeLimit.Hold(() =>
        {
            var text = Encoding.UTF8.GetString(input);
            var labels = LabelSelector.Parse(text, out var problem);
            BrokenException.Unless(labels is null == problem.Length > 0, "a selector or a problem");
            labels?.Matches(static key => key.Length % 2 == 0 ? "1" : null);
            var fields = FieldSelector.Parse(text, out problem);
            BrokenException.Unless(fields is null == problem.Length > 0, "a selector or a problem");
            fields?.Matches("a", "b");
            LabelRules.KeyProblem(text);
            NameRules.SubdomainProblem(text);
        });
}
