# why: attack: the host is taken out of the ARN of the provider
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  host = element(split("oidc-provider/", aws_iam_openid_connect_provider.github.arn), 1)
}

resource "aws_iam_role" "deploy" {
  name               = "orders-deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = { StringEquals = { "${local.host}:aud" = "sts.amazonaws.com", "${local.host}:sub" = "repo:acme/orders:environment:production" } }
    }]
  })
}
