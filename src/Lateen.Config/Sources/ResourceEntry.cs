// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>What is known of one resource: which texts define it, which definition counts, and what is in force.</summary>
internal sealed class ResourceEntry
{
    private readonly List<Claim> _claims = [];

    /// <summary>Definitions in the order in which they count.</summary>
    public IReadOnlyList<Claim> Claims => _claims;

    /// <summary>The definition that counts, before anybody looked at what it refers to; null when there is none.</summary>
    public Claim? Candidate { get; set; }

    /// <summary>What is in force and the text that it is of; null when nothing is.</summary>
    public Claim? InForce { get; set; }

    /// <summary>The resource that <see cref="Problems"/> are of.</summary>
    public ConfigResource? Told { get; set; }

    /// <summary>What is wrong between the candidate and others.</summary>
    public IReadOnlyList<Problem> Problems { get; set; } = [];

    public bool IsEmpty => _claims.Count == 0 && Candidate is null && InForce is null;

    /// <summary>Behind whatever the same text said before.</summary>
    public void Add(Claim claim)
    {
        var index = _claims.FindLastIndex(other => TextOrder.Instance.Compare(other.Text, claim.Text) <= 0);
        _claims.Insert(index + 1, claim);
    }

    public bool IsDefinedBy(string text) => _claims.Exists(claim => claim.Text == text);

    public void RemoveOf(string text) => _claims.RemoveAll(claim => claim.Text == text);

    /// <summary>
    /// The first good definition; where one before it is refused that was good once, its last good version. One that is refused and came from
    /// somewhere else (a file that was renamed and broken in one go) keeps what is in force while nobody else defines it.
    /// </summary>
    public Claim? Choose()
    {
        var isDefined = _claims.Exists(static claim => claim.Resource is not null);
        foreach (var claim in _claims)
        {
            if (claim.Resource is not null)
                return Unchanged(claim);
            if (InForce is not null && (InForce.Text == claim.Text || !isDefined))
                return InForce with { Text = claim.Text };
        }
        return null;
    }

    /// <summary>The object in force when the resource still says the same, so that whoever caches by reference finds it again.</summary>
    private Claim Unchanged(Claim claim) =>
        InForce is { Resource: { } current } && current.SaysTheSame(claim.Resource!)
            ? claim with
            {
                Resource = current,
            }
            : claim;
}

/// <summary>A text's definition of a resource.</summary>
/// <param name="Text">The text's name.</param>
/// <param name="Resource">Null where it was refused.</param>
internal sealed record Claim(string Text, ConfigResource? Resource);
