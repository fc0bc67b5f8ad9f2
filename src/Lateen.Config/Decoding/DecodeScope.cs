// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>The resource being read, and what is wrong with it so far.</summary>
/// <param name="Subject">As messages name it: <c>VirtualService default/reviews</c>.</param>
internal sealed record DecodeScope(string Subject)
{
    public List<Problem> Problems { get; } = [];

    public bool HasErrors => Problems.Exists(static problem => problem.Severity == Severity.Error);

    /// <summary>One problem a field: what follows from it, as that it is missing, says nothing new.</summary>
    public void Add(Problem problem)
    {
        if (!Problems.Exists(known => known.Field == problem.Field))
            Problems.Add(problem);
    }

    /// <summary>A misspelt field explains why the one it was meant to be is missing.</summary>
    public void Explain(string field) => Problems.RemoveAll(known => known.Field == field);
}
