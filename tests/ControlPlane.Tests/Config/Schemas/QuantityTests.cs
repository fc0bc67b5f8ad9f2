// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Schemas;

public class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("2", "2")]
    [InlineData("0.5", "0.5")]
    [InlineData(".5", "0.5")]
    [InlineData("500m", "0.5")]
    [InlineData("100u", "0.0001")]
    [InlineData("5n", "0.000000005")]
    [InlineData("1k", "1000")]
    [InlineData("1.5G", "1500000000")]
    [InlineData("1Ki", "1024")]
    [InlineData("128Mi", "134217728")]
    [InlineData("2Gi", "2147483648")]
    [InlineData("1Ei", "1152921504606846976")]
    [InlineData("1e3", "1000")]
    [InlineData("12E-2", "0.12")]
    [InlineData("1E", "1000000000000000000")]
    [InlineData("-1", "-1")]
    [InlineData("+1M", "1000000")]
    public void An_amount_is_a_number_with_a_suffix(string text, string value)
    {
        Assert.True(Quantity.TryParse(text, out var quantity));
        Assert.Equal(decimal.Parse(value, CultureInfo.InvariantCulture), quantity.Value);
        Assert.Equal(text, quantity.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1.2.3")]
    [InlineData("1 Mi")]
    [InlineData("1mi")]
    [InlineData("1K")]
    [InlineData("1e99")]
    [InlineData("e3")]
    [InlineData("0x10")]
    [InlineData("99999999999999999999Ei")]
    public void Everything_else_is_none(string text) => Assert.False(Quantity.TryParse(text, out _));

    [Fact]
    public void Amounts_are_equal_however_they_are_written()
    {
        Assert.True(Quantity.TryParse("0.5", out var half));
        Assert.True(Quantity.TryParse("500m", out var thousandths));
        Assert.Equal(half, thousandths);
    }
}
