// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>The resource being read, and what is wrong with it so far.</summary>
/// <param name="subject">As messages name it: <c>VirtualService default/reviews</c>.</param>
internal sealed class DecodeScope(string subject)
{
    private readonly List<Problem> _problems = [];
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public string Subject => subject;

    public IReadOnlyList<Problem> Problems => _problems;

    public bool HasErrors { get; private set; }

    /// <summary>One error a field: what follows from it, as that it is missing, says nothing new.</summary>
    public void Add(Problem problem)
    {
        if (problem.Severity == Severity.Error)
        {
            if (!_told.Add(problem.Field))
                return;
            HasErrors = true;
        }
        _problems.Add(problem);
    }

    /// <summary>Whether an error of the field is known already, or what explains it.</summary>
    public bool IsTold(string field) => _told.Contains(field);

    /// <summary>A misspelt field explains why the one it was meant to be is missing.</summary>
    public void Explain(string field) => _told.Add(field);
}
