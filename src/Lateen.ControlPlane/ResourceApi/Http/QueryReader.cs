// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>Reads parameters of a query and keeps the first that makes no sense.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    /// <summary>Null while all of them made sense.</summary>
    public ApiStatus? Failure { get; private set; }

    /// <summary>Empty when it is not there; the first when there are several.</summary>
    public string Text(string name) =>
        query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] ?? "" : "";

    public IReadOnlyList<string> Texts(string name) =>
        query.TryGetValue(name, out var values) ? [.. values.Select(static value => value ?? "")] : [];

    public bool Has(string name) => query.ContainsKey(name);

    /// <summary>False when it is not there. A name without a value is true, as Kubernetes has it.</summary>
    public bool Flag(string name)
    {
        if (!Has(name))
            return false;
        switch (Text(name))
        {
            case "" or "1" or "t" or "T" or "true" or "True" or "TRUE":
                return true;
            case "0" or "f" or "F" or "false" or "False" or "FALSE":
                return false;
            default:
                Fail($"{name} must be true or false, not \"{Text(name)}\"");
                return false;
        }
    }

    /// <summary>Null when it is not there.</summary>
    public long? Number(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
            return null;
        if (
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= 0
        )
            return number;
        Fail($"{name} must be a whole number from 0, not \"{text}\"");
        return null;
    }

    public void Fail(string message) => Failure ??= ApiStatus.BadRequest(message);
}
