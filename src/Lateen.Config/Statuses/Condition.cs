// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Statuses;

/// <summary>One thing that is so of an object or not, in Kubernetes' form.</summary>
/// <param name="Type"><see cref="Accepted"/> and the like.</param>
/// <param name="IsTrue">Null where nobody knows.</param>
/// <param name="Reason">A word for programs.</param>
/// <param name="Message">For people.</param>
public sealed record Condition(string Type, bool? IsTrue, string Reason, string Message)
{
    /// <summary>The object is in order, and what it says is in force.</summary>
    public const string Accepted = "Accepted";

    /// <summary>All proxies that need it have it.</summary>
    public const string Programmed = "Programmed";

    /// <summary>Another object says something else of the same, and one of the two does not get its way.</summary>
    public const string Conflicts = "Conflicts";

    /// <summary>What a route refers to is there (Gateway API).</summary>
    public const string ResolvedRefs = "ResolvedRefs";

    /// <summary>As Kubernetes allows for a message.</summary>
    private const int MaxMessage = 32768;

    public string Message { get; } = Message.Length <= MaxMessage ? Message : Message[..MaxMessage];

    /// <summary>As conditions have it: <c>True</c>, <c>False</c>, <c>Unknown</c>.</summary>
    public string Status =>
        IsTrue switch
        {
            true => "True",
            false => "False",
            null => "Unknown",
        };
}
