// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Yaml;
using Lateen.Core;

namespace Lateen.Config.Validation;

/// <summary>Takes what a check finds, and finds out where it stands.</summary>
/// <param name="key">The resource that is checked.</param>
internal sealed class ValidationScope(ConfigKey key, DecodeScope scope, YamlNode document)
{
    /// <summary>A kind of problem of the <see cref="ProblemCatalogue"/>.</summary>
    public delegate Problem ProblemKind(SourceLocation at, string subject, string field, string what, string fix);

    public ConfigKey Key => key;

    public void Add(ProblemKind kind, FieldPath at, string what, string fix) =>
        scope.Add(kind(Place(at), scope.Subject, at.ToString(), what, fix));

    /// <summary>Whether the field is known to be wrong or misspelt, so that nothing follows from its not being there.</summary>
    public bool IsTold(FieldPath at) => scope.IsTold(at.ToString());

    /// <summary>Whether the field is written in the document.</summary>
    public bool Has(FieldPath at) => at.IsIn(document);

    public void Missing(FieldPath at) => scope.Add(ProblemCatalogue.Missing(Place(at), scope.Subject, at.ToString()));

    public void Bad(FieldPath at, string what, string fix) => Add(ProblemCatalogue.BadValue, at, what, fix);

    public void OutOfRange(FieldPath at, string what, string fix) => Add(ProblemCatalogue.OutOfRange, at, what, fix);

    public void Exclusive(FieldPath at, string what, string fix) => Add(ProblemCatalogue.Exclusive, at, what, fix);

    /// <summary>A warning: what is written there does nothing.</summary>
    public void NoEffect(FieldPath at, string what, string fix) => Add(ProblemCatalogue.NoEffect, at, what, fix);

    /// <summary>What is wrong with a document that a field has as its text.</summary>
    public void Quote(FieldPath at, Problem within)
    {
        var line = within.Where.Line > 0 ? $" (line {within.Where.Line} of it)" : "";
        scope.Add(
            within with
            {
                Where = Place(at),
                Subject = scope.Subject,
                Field = within.Field.Length > 0 ? $"{at}.{within.Field}" : at.ToString(),
                Message = $"{within.Message}{line}",
            }
        );
    }

    private SourceLocation Place(FieldPath at) => at.PlaceIn(document);
}
